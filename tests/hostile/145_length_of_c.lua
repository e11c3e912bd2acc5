-- expect: error c has names
return #c
