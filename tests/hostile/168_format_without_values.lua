-- expect: error no value
return string.format('%d %d', 1)
