-- expect: stopped steps
for w in string.gmatch(('a'):rep(50000), 'a-b') do end
