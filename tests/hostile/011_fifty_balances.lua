-- expect: ok
return (('('):rep(5000)):match(('%b()'):rep(50))
