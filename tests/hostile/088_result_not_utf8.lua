-- expect: error is not UTF-8
return 'caf\xe9'
