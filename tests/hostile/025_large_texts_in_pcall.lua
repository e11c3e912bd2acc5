-- expect: stopped
while true do pcall(string.rep, 'x', 900000) end
