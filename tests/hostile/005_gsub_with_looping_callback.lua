-- expect: stopped steps
while true do
  pcall(string.gsub, 'xxx', 'x', function() while true do end end)
end
