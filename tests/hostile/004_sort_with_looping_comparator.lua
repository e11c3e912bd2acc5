-- expect: stopped steps
while true do
  pcall(table.sort, { 3, 2, 1, 4, 5 }, function() while true do end end)
end
