-- expect: stopped
-- values: total = function(c) while true do end end
while true do
  pcall(string.gsub, 'xxx', 'x', function() return c.total end)
end
