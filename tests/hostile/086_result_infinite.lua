-- expect: error is infinite
return { 1, 2, 1 / 0 }
