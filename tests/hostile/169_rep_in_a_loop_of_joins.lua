-- expect: error longer than 1 MiB
local s = ''
while true do s = (s .. 'x'):rep(2) end
