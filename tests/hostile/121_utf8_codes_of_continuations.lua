-- expect: error invalid UTF-8
for p in utf8.codes('a' .. ('\x80'):rep(500000)) do end
