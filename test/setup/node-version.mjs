// Says so, in words, where Node is too old. Imported first, and written so that an old Node can still read it.
const wanted = [20, 19];
const have = process.versions.node.split('.').map(Number);

if (have[0] < wanted[0] || (have[0] === wanted[0] && have[1] < wanted[1])) {
  process.stderr.write(
    `svidlab needs Node ${wanted.join('.')} or newer; this is Node ${process.versions.node} (${process.execPath}).\n` +
      'Get a current one from https://nodejs.org/ or with a version manager (nvm install 22).\n',
  );
  process.exit(1);
}
