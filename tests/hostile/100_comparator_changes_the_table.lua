-- expect: ok true
local t = {}
for i = 1, 100 do t[i] = i % 7 end
pcall(table.sort, t, function(a, b)
  for i = 1, 100 do t[i] = nil end
  return a < b
end)
return true
