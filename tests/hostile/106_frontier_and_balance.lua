-- expect: stopped steps
return (('(('):rep(200000)):find('%f[(].-%b()%b()$')
