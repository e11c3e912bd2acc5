-- expect: refused 'os' is not defined
local a = os.execute('id')
local b = io.open('/etc/passwd')
local c = _G
