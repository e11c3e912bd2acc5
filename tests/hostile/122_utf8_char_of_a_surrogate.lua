-- expect: error not a code point
return utf8.char(0xD800)
