-- expect: ok
return fcfa(('1 '):rep(400000))
