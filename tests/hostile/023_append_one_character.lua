-- expect: stopped churn
local s = ''
for i = 1, 1e9 do s = s .. 'x' end
