-- expect: stopped
local function deep()
  return (('xxx'):gsub('x', function()
    table.sort({ 3, 1, 2 }, function() while true do pcall(deep) end end)
  end))
end
while true do pcall(deep) end
