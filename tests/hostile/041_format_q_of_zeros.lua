-- expect: ok 600002
return #string.format('%q', ('\0'):rep(300000))
