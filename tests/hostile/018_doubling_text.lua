-- expect: stopped block
local s = 'x'
while true do s = s .. s end
