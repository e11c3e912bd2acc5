-- expect: error larger than 64 KiB
local t = { 'xxxxxxxxxxxxxxxx' }
for i = 1, 30 do t = { t, t } end
return t
