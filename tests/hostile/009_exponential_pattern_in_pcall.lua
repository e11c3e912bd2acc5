-- expect: stopped steps
while true do pcall(string.find, ('a'):rep(40), ('a*'):rep(20) .. 'b') end
