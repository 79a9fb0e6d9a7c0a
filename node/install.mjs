// npm's install step: a prebuilt addon if one fits this system, else one built from source, else one
// clear error.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const built = ['dev', 'release', 'npm'].map((preset) =>
  path.join(root, 'build', preset, 'node', 'fanwire.node'),
);
const prebuilt = path.join(
  root,
  'prebuilds',
  `${process.platform}-${process.arch}`,
  'fanwire.node',
);

/** Why the addon cannot be loaded, or nothing if it can. */
function fault(file) {
  try {
    require(file);
  } catch (error) {
    return error.message;
  }
}

function run(command, ...args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (error)
    throw new Error(
      `${command}: ${error.code === 'ENOENT' ? 'it is not installed' : error.message}`,
    );
  if (status !== 0) throw new Error(`${command} ended with status ${status}`);
}

/** The folder that has both packages of headers. */
function headers() {
  const folders = ['node-addon-api', 'node-api-headers'].map((name) => {
    try {
      return path.resolve(require.resolve(`${name}/package.json`), '..', '..');
    } catch {
      throw new Error(`its headers are not there: npm install ${name}`);
    }
  });
  return folders[0];
}

function build() {
  const folder = path.join(root, 'build', 'npm');
  const switches = {
    CMAKE_BUILD_TYPE: 'Release',
    FANWIRE_NODE: 'ON',
    FANWIRE_NODE_MODULES: headers(),
    FANWIRE_PYTHON: 'OFF',
    FANWIRE_TESTS: 'OFF',
  };
  run(
    'cmake',
    '-S',
    root,
    '-B',
    folder,
    ...Object.entries(switches).map(([name, value]) => `-D${name}=${value}`),
  );
  run('cmake', '--build', folder, '--target', 'fanwire_node', '--parallel');
}

function install() {
  if (process.env.FANWIRE_SKIP_BUILD === '1') return;
  if ([prebuilt, ...built].some((file) => existsSync(file) && !fault(file))) return;
  const unfit = existsSync(prebuilt) ? fault(prebuilt) : 'not there';
  try {
    build();
  } catch (error) {
    console.error(`
fanwire cannot be installed here (${process.platform} ${process.arch}, Node.js ${process.version}):
  prebuilt: ${prebuilt}: ${unfit}
  from source: ${error.message}
Building takes CMake >= 3.25, a C++20 compiler, Boost >= 1.81, nlohmann-json >= 3.11; on Debian:
  apt-get install g++ cmake libboost1.81-dev nlohmann-json3-dev`);
    process.exitCode = 1;
  }
}

install();
