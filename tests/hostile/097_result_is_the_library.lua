-- expect: error is a function
return string
