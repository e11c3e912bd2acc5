-- expect: stopped steps
local n = 0
for i = 1e308, 1e308 + 1, 1 do n = n + 1 end
while true do n = n + 1 end
