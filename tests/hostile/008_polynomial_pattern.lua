-- expect: stopped steps
return (('a'):rep(300000)):find('.-.-b')
