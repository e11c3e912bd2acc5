-- expect: ok "table"
return tostring(c)
