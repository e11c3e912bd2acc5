-- expect: error only be used at the top
return use 'money'
