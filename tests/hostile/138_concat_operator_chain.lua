-- expect: stopped churn
local s = ('x'):rep(100000)
while true do local t = s .. s .. s .. s .. s end
