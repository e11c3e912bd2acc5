-- expect: stopped steps
return (('ab'):rep(100000):gsub('(.-)%1(.-)%2(.-)%3$', ''))
