process.stderr.write('the registry is being built\n')
process.exitCode = 2
