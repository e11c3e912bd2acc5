-- expect: ok 1
return (('x'):find(('x?'):rep(300)))
