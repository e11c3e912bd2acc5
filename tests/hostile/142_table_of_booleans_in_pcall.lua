-- expect: stopped
local function fill()
  local t = {}
  for i = 1, 1e9 do t[i] = true end
end
while true do pcall(fill) end
