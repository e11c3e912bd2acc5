-- expect: error only be used at the top
return text { min = 1 }
