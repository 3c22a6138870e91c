console.error('the registry is being built')
