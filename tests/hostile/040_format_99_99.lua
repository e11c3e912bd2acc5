-- expect: ok
return string.format('%-0+ #99.99f', 1e308)
