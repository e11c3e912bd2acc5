-- expect: error cannot be changed
string.format = nil
