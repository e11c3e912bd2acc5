-- expect: ok true
for name in pairs(string) do
  if type(string[name]) ~= 'function' then return false end
end
return not pcall(function() local _, t = pairs(math) t.pi = 3 end)
