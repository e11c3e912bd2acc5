-- expect: stopped
while true do pcall(error, ('x'):rep(900000)) end
