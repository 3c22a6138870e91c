import { $t as names, At as workspace, Ct as setOutputs, Et as findProjectService, Ht as writeSummary, Kt as roleInput, Mt as formatImageReference, St as runAction, Ut as booleanInput, Vt as markdownTable, Wt as defineContract, Xt as awsClients, _t as mediaTypes, dt as artifactRegistry, ht as roleToAssume, kt as readDesiredState, mt as registryClient, pt as hasFile, un as ConfigurationError, vt as selectPlatform, wt as readInputs, yt as canonicalJson } from "./shared/sluice.mjs";
import { O as string, d as require_tar_stream } from "./shared/vendor.mjs";
import { Readable, Transform } from "node:stream";
import { promisify } from "node:util";
import { constants, createGzip } from "node:zlib";
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, existsSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { lstat, mkdir, mkdtemp, readFile, readdir, readlink, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { execFile } from "node:child_process";
import { pipeline } from "node:stream/promises";
// core/src/image/service-image.ts
const nonRootUser = "65532:65532";
const localAccount = "000000000000";
const baseLabel = "dev.sluice.base";
const localBase = "local-base";
function assembleImage(image) {
	const layers = [...image.base.layers, ...image.layers];
	const baseEnvironment = image.base.config.config.Env ?? [];
	const overridden = new Set(Object.keys(image.run.environment));
	const configBytes = bytesOf({
		created: image.committedAt,
		architecture: image.base.config.architecture,
		os: image.base.config.os,
		config: {
			User: nonRootUser,
			Env: [...baseEnvironment.filter((entry) => !overridden.has(entry.split("=")[0] ?? "")), ...Object.entries(image.run.environment).map(([name, value]) => `${name}=${value}`)],
			Cmd: image.run.command,
			WorkingDir: image.workingDirectory,
			ExposedPorts: Object.fromEntries(image.run.ports.map((port) => [`${port}/tcp`, {}])),
			Labels: {
				"org.opencontainers.image.revision": image.commit,
				"org.opencontainers.image.version": image.version,
				"org.opencontainers.image.source": image.source,
				"org.opencontainers.image.created": image.committedAt,
				[baseLabel]: image.base.name
			},
			StopSignal: "SIGTERM"
		},
		rootfs: {
			type: "layers",
			diff_ids: layers.map(({ diffId }) => diffId)
		},
		history: [...image.base.config.history ?? [], ...image.layers.map(() => ({
			created: image.committedAt,
			created_by: "sluice build-image"
		}))]
	});
	const configDigest = digestOf(configBytes);
	const manifestBytes = bytesOf({
		schemaVersion: 2,
		mediaType: mediaTypes.manifest,
		config: {
			mediaType: mediaTypes.config,
			digest: configDigest,
			size: configBytes.length
		},
		layers: layers.map(({ mediaType, digest, size }) => ({
			mediaType: layerType(mediaType),
			digest,
			size
		}))
	});
	return {
		config: configBytes,
		configDigest,
		manifest: manifestBytes,
		digest: digestOf(manifestBytes),
		layers
	};
}
function refuseBase(base, account) {
	if (base !== "local-base" || account === "000000000000") return void 0;
	return `expected a base image for account ${account}, found none: ${localBase} is made of the building machine's own libraries and may only go to the local account ${localAccount}`;
}
function digestOf(bytes) {
	return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}
function bytesOf(value) {
	return new TextEncoder().encode(canonicalJson(value));
}
function layerType(mediaType) {
	return mediaType === "application/vnd.docker.image.rootfs.diff.tar.gzip" ? mediaTypes.layer : mediaType;
}
// src/contracts/build-image.ts
const contract = defineContract({
	service: string(),
	push: booleanInput.prefault("true"),
	role: roleInput.optional()
}, [
	"image",
	"digest",
	"release"
]);
// core/src/image/run-instructions.ts
function parseFinalStage(dockerfile) {
	let environment = {};
	let ports = [];
	let entrypoint = [];
	let command = [];
	let sources = [];
	for (const line of dockerfile.replaceAll(/\\\r?\n/g, " ").split("\n")) {
		const [, instruction = "", rest = ""] = /^\s*([A-Za-z]+)\s+(.*?)\s*$/.exec(line) ?? [];
		switch (instruction.toUpperCase()) {
			case "FROM":
				environment = {};
				ports = [];
				entrypoint = [];
				command = [];
				sources = [];
				break;
			case "COPY":
				if (!/(?:^|\s)--from=/.test(rest)) {
					const words = rest.split(/\s+/).filter((word) => !word.startsWith("--"));
					sources.push(...words.slice(0, -1).map((path) => path.replace(/^\.\//, "").replace(/\/$/, "")));
				}
				break;
			case "ENV":
				for (const [, name = "", quoted, bare = ""] of rest.matchAll(/(\w+)=(?:"([^"]*)"|(\S+))/g)) environment[name] = quoted ?? bare;
				break;
			case "EXPOSE":
				ports.push(...rest.split(/\s+/).map((port) => Number(port.split("/")[0])));
				break;
			case "ENTRYPOINT":
				entrypoint = execForm(instruction, rest);
				break;
			case "CMD": command = execForm(instruction, rest);
		}
	}
	if (entrypoint.length + command.length === 0) throw new RangeError("expected a CMD or ENTRYPOINT, found none");
	return {
		run: {
			command: [...entrypoint, ...command],
			environment,
			ports: ports.filter((port) => Number.isInteger(port))
		},
		sources
	};
}
function execForm(instruction, text) {
	let parsed;
	try {
		parsed = JSON.parse(text);
	} catch {
		parsed = void 0;
	}
	if (Array.isArray(parsed) && parsed.every((word) => typeof word === "string")) return parsed;
	throw new RangeError(`expected ${instruction} in exec form such as ["node", "src/main.ts"], found "${text}" (the image has no shell)`);
}
// src/registry/layer-tar.ts
var import_tar_stream = require_tar_stream();
const mtime = new Date(0);
async function writeLayer(entries, file) {
	const tar = (0, import_tar_stream.pack)();
	const plain = new Digest();
	const compressed = new Digest();
	const partial = `${file}.${process.pid}.partial`;
	try {
		await Promise.all([fill(tar, entries), pipeline(tar, plain, createGzip({ level: constants.Z_BEST_SPEED }), compressed, createWriteStream(partial))]);
		await rename(partial, file);
	} finally {
		await rm(partial, { force: true });
	}
	return {
		mediaType: mediaTypes.layer,
		digest: compressed.digest(),
		size: compressed.bytes,
		diffId: plain.digest()
	};
}
async function fill(tar, entries) {
	try {
		const folders = new Set();
		for (const entry of [...entries].sort((a, b) => a.path < b.path ? -1 : 1)) {
			await addParents(tar, entry.path, folders);
			if (entry.path.endsWith("/")) await addFolder(tar, entry.path.slice(0, -1), folders, entry.mode);
			else if (entry.from == null) await add(tar, {
				name: entry.path,
				mode: entry.mode ?? 420
			}, entry.text ?? "");
			else await addFromDisk(tar, entry.path, entry.from, folders, entry);
		}
		tar.finalize();
	} catch (error) {
		tar.destroy(error);
		throw error;
	}
}
async function addParents(tar, path, folders) {
	const parts = path.replace(/\/$/, "").split("/").slice(0, -1);
	for (let length = 1; length <= parts.length; length++) await addFolder(tar, parts.slice(0, length).join("/"), folders);
}
async function addFolder(tar, path, folders, mode = 493) {
	if (path === "" || folders.has(path)) return;
	folders.add(path);
	await add(tar, {
		name: `${path}/`,
		type: "directory",
		mode
	});
}
async function addFromDisk(tar, path, from, folders, { mode, without }) {
	const stat = await lstat(from);
	if (stat.isSymbolicLink()) await add(tar, {
		name: path,
		type: "symlink",
		linkname: await readlink(from),
		mode: 511
	});
	else if (stat.isDirectory()) {
		await addFolder(tar, path, folders, mode);
		for (const name of (await readdir(from)).sort()) if (!without?.test(name)) await addFromDisk(tar, `${path}/${name}`, join(from, name), folders, { without });
	} else if (stat.isFile()) {
		const executable = (stat.mode & 73) !== 0;
		const entry = tar.entry({
			...header,
			name: path,
			size: stat.size,
			mode: mode ?? (executable ? 493 : 420)
		});
		await pipeline(createReadStream(from), entry);
	}
}
const header = {
	uid: 0,
	gid: 0,
	uname: "",
	gname: "",
	mtime
};
function add(tar, entry, text = "") {
	return new Promise((resolve, reject) => {
		tar.entry({
			...header,
			...entry
		}, text, (error) => error ? reject(error) : resolve());
	});
}
var Digest = class extends Transform {
	#hash = createHash("sha256");
	bytes = 0;
	_transform(chunk, _encoding, done) {
		this.#hash.update(chunk);
		this.bytes += chunk.length;
		done(null, chunk);
	}
	digest() {
		return `sha256:${this.#hash.digest("hex")}`;
	}
};
// src/registry/base-image.ts
const run$2 = promisify(execFile);
const platform$1 = {
	os: "linux",
	architecture: "amd64"
};
async function makeLocalBase(cache) {
	if (process.platform !== "linux") throw new ConfigurationError(`expected Linux to make a base image from this machine, found ${process.platform}: name one by digest as base in environments/project.yaml`);
	const node = await realpath(process.execPath);
	const libraries = await librariesOf(node);
	const stamps = await Promise.all([node, ...libraries.values()].map(async (path) => {
		const { size, mtimeMs } = await stat(path);
		return `${path} ${size} ${mtimeMs}`;
	}));
	const layer = await cache.layer([
		"local-base",
		"3",
		process.version,
		...stamps
	], (file) => writeLayer(localBaseEntries(node, libraries), file));
	return {
		name: localBase,
		layers: [layer],
		config: {
			architecture: process.arch === "arm64" ? "arm64" : platform$1.architecture,
			os: platform$1.os,
			config: { Env: ["PATH=/usr/local/bin:/usr/bin:/bin", "NODE_ENV=production"] },
			rootfs: {
				type: "layers",
				diff_ids: [layer.diffId]
			},
			history: [{ created_by: `sluice ${localBase}: node ${process.version}` }]
		}
	};
}
function localBaseEntries(node, libraries) {
	return [
		{
			path: "usr/local/bin/node",
			from: node,
			mode: 493
		},
		...[...libraries].map(([path, from]) => ({
			path: path.slice(1),
			from,
			mode: 493
		})),
		{
			path: "etc/passwd",
			text: "root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n"
		},
		{
			path: "etc/group",
			text: "root:x:0:\nnonroot:x:65532:\n"
		},
		{
			path: "etc/nsswitch.conf",
			text: "hosts: files dns\n"
		},
		{
			path: "tmp/",
			mode: 1023
		}
	];
}
async function librariesOf(binary) {
	const { stdout } = await run$2("ldd", [binary]).catch((error) => {
		throw new ConfigurationError("expected ldd to name the libraries of Node.js for the base image, and it failed", { cause: error });
	});
	const linked = [...stdout.matchAll(/(?:=>\s+)?(\/\S+)\s+\(0x/g)].map(([, path = ""]) => path);
	const folder = dirname(linked.find((path) => path.includes("libc.so")) ?? "/lib/x86_64-linux-gnu/libc.so.6");
	const atRunTime = [
		"libnss_files.so.2",
		"libnss_dns.so.2",
		"libresolv.so.2"
	].map((name) => join(folder, name));
	const paths = [...new Set([...linked, ...atRunTime.filter((path) => existsSync(path))])].sort();
	return new Map(await Promise.all(paths.map(async (path) => [path, await realpath(path)])));
}
async function pullBase(reference, cache) {
	const [, host = "", repository = "", digest = ""] = /^([^/]+)\/([^@]+)@(sha256:[0-9a-f]{64})$/.exec(reference) ?? [];
	if (digest === "") throw new ConfigurationError(`expected a base image as host/repository@sha256:<64 hex digits>, found "${reference}"`);
	const registry = registryClient(host);
	const readJson = async (wanted) => {
		const bytes = await registry.readManifest(repository, wanted);
		if (digestOf(bytes) !== wanted) throw new Error(`${host}/${repository}: expected ${wanted}, found ${digestOf(bytes)}`);
		return JSON.parse(new TextDecoder().decode(bytes));
	};
	const named = await readJson(digest);
	const manifest = "manifests" in named ? await readJson(selectPlatform(named, platform$1.os, platform$1.architecture).digest) : named;
	const configBytes = await (await registry.readBlob(repository, manifest.config.digest)).bytes();
	if (digestOf(configBytes) !== manifest.config.digest) throw new Error(`${reference}: its configuration was altered`);
	const config = JSON.parse(new TextDecoder().decode(configBytes));
	const layers = [];
	for (const [index, layer] of manifest.layers.entries()) {
		const file = cache.blobFile(layer.digest);
		if (!await hasFile(file, layer.size)) await saveBlob((await registry.readBlob(repository, layer.digest)).body, layer, file);
		layers.push({
			...layer,
			diffId: config.rootfs.diff_ids[index] ?? ""
		});
	}
	return {
		name: reference,
		config,
		layers
	};
}
async function saveBlob(body, { digest }, file) {
	if (!body) throw new Error(`expected the bytes of ${digest}, found none`);
	await mkdir(dirname(file), { recursive: true });
	const hash = createHash("sha256");
	const partial = `${file}.${process.pid}.partial`;
	const digestBytes = new Transform({ transform(chunk, _encoding, done) {
		hash.update(chunk);
		done(null, chunk);
	} });
	await pipeline(Readable.fromWeb(body), digestBytes, createWriteStream(partial));
	const found = `sha256:${hash.digest("hex")}`;
	if (found !== digest) throw new Error(`expected the bytes of ${digest}, found ${found}`);
	await rename(partial, file);
}
// core/src/image/layer-paths.ts
const leftOut = new Set([
	"test",
	"acceptance",
	"bench",
	"fixtures",
	"coverage",
	"node_modules"
]);
const leftOutFiles = /^(?:Dockerfile|\.dockerignore|tsconfig\.json|README\.md|.*\.tsbuildinfo)$/;
function belongsInImage(file, servicePath, sources) {
	if (sources.length > 0) return sources.some((source) => file === source || file.startsWith(`${source}/`));
	const [first = "", ...rest] = file.slice(servicePath.length + 1).split("/");
	if (rest.length === 0) return !leftOutFiles.test(first);
	return !leftOut.has(first);
}
// src/registry/service-layers.ts
const run$1 = promisify(execFile);
const maxBuffer = 268435456;
async function readTracked({ folder, sha }, path) {
	const { stdout } = await run$1("git", ["show", `${sha}:${path}`], {
		cwd: folder,
		maxBuffer
	});
	return stdout;
}
async function listTracked({ folder, sha }, path) {
	const { stdout } = await run$1("git", [
		"ls-tree",
		"-r",
		"-z",
		"--name-only",
		sha,
		"--",
		path
	], {
		cwd: folder,
		maxBuffer
	});
	return stdout.split("\0").filter((name) => name !== "");
}
async function dependenciesLayer(commit, servicePath, cache) {
	const manifests = (await listTracked(commit, ".")).filter((path) => /(?:^|\/)package\.json$/.test(path));
	const files = new Map();
	for (const path of [
		"package-lock.json",
		".npmrc",
		...manifests
	]) {
		const text = await readTracked(commit, path).catch(() => void 0);
		if (text != null) files.set(path, text);
	}
	if (!files.has("package-lock.json")) throw new ConfigurationError(`expected package-lock.json in commit ${commit.sha}, found none: commit the lock`);
	const { name } = JSON.parse(files.get(`${servicePath}/package.json`) ?? "{}");
	if (name == null) throw new ConfigurationError(`expected ${servicePath}/package.json with a name, found none`);
	const key = [...files].map(([path, text]) => `${path} ${createHash("sha256").update(text).digest("hex")}`);
	const target = [
		process.arch,
		process.version.split(".")[0] ?? "",
		servicePath
	];
	return cache.layer([
		"dependencies",
		"2",
		...target,
		...key.sort()
	], async (file) => {
		const staging = await mkdtemp(join(tmpdir(), "sluice-image-"));
		try {
			for (const [path, text] of files) {
				await mkdir(dirname(join(staging, path)), { recursive: true });
				await writeFile(join(staging, path), text);
			}
			await installProduction(staging, name);
			await removeUnused(staging, name);
			return await writeLayer(["node_modules", `${servicePath}/node_modules`].map((path) => ({
				path: `srv/${path}`,
				from: join(staging, path),
				without: notRun
			})).filter(({ from }) => existsSync(from)), file);
		} finally {
			await rm(staging, {
				recursive: true,
				force: true
			});
		}
	});
}
const notRun = /\.(?:d\.[cm]?ts|[cm]?js\.map)$/;
async function installProduction(staging, workspace) {
	const options = [
		"--omit=dev",
		"--omit=optional",
		"--ignore-scripts",
		"--prefer-offline"
	];
	const quiet = [
		"--no-audit",
		"--no-fund",
		"--loglevel=error",
		"--install-links=false"
	];
	try {
		await run$1("npm", [
			"ci",
			"--workspace",
			workspace,
			...options,
			...quiet
		], {
			cwd: staging,
			maxBuffer
		});
	} catch (error) {
		const { stderr } = error;
		throw new Error(`npm ci of ${workspace} for the image failed: ${stderr?.trim() || String(error)}`, { cause: error });
	}
}
async function removeUnused(staging, workspace) {
	await rm(join(staging, "node_modules", ".package-lock.json"), { force: true });
	await rm(join(staging, "node_modules", workspace), {
		force: true,
		recursive: true
	});
	await rm(join(staging, "node_modules", ".bin"), {
		force: true,
		recursive: true
	});
}
async function sourcesLayer(commit, servicePath, sources, cache) {
	const paths = (await listTracked(commit, servicePath)).filter((path) => belongsInImage(path, servicePath, sources));
	if (paths.length === 0) throw new ConfigurationError(`expected files of ${servicePath} in commit ${commit.sha} for the image, found none`);
	const { stdout: tree } = await run$1("git", ["rev-parse", `${commit.sha}:${servicePath}`], { cwd: commit.folder });
	return cache.layer([
		"sources",
		"2",
		servicePath,
		tree.trim(),
		...sources
	], async (file) => {
		const staging = await mkdtemp(join(tmpdir(), "sluice-image-"));
		try {
			const archive = join(staging, "sources.tar");
			await run$1("git", [
				"archive",
				"--format=tar",
				`--output=${archive}`,
				commit.sha,
				"--",
				...paths
			], { cwd: commit.folder });
			await mkdir(join(staging, "tree"));
			await run$1("tar", [
				"-xf",
				archive,
				"-C",
				join(staging, "tree")
			]);
			const root = {
				path: `srv/package.json`,
				text: "{\"private\":true,\"type\":\"module\"}\n"
			};
			const from = join(staging, "tree", servicePath);
			return await writeLayer([root, {
				path: `srv/${servicePath}`,
				from
			}], file);
		} finally {
			await rm(staging, {
				recursive: true,
				force: true
			});
		}
	});
}
// src/registry/build-service-image.ts
const run = promisify(execFile);
async function buildServiceImage(request, cache) {
	const { commit, path } = request;
	const base = request.base == null ? await makeLocalBase(cache) : await pullBase(request.base, cache);
	const stage = await readFinalStage(commit, path);
	const layers = [await dependenciesLayer(commit, path, cache), await sourcesLayer(commit, path, stage.sources, cache)];
	const version = await readVersion(commit, path);
	const { stdout } = await run("git", [
		"show",
		"-s",
		"--format=%ct",
		commit.sha
	], { cwd: commit.folder });
	return {
		...assembleImage({
			base,
			layers,
			run: stage.run,
			workingDirectory: `/srv/${path}`,
			commit: commit.sha,
			committedAt: new Date(Number(stdout) * 1e3).toISOString(),
			version,
			source: request.source
		}),
		version,
		base: base.name
	};
}
async function readVersion(commit, path) {
	const { version } = JSON.parse(await readTracked(commit, `${path}/package.json`));
	if (version == null) throw new ConfigurationError(`expected a version in ${path}/package.json, found none`);
	return `${version}+${commit.sha.slice(0, 7)}`;
}
async function readFinalStage(commit, path) {
	const file = `${path}/Dockerfile`;
	const dockerfile = await readTracked(commit, file).catch(() => void 0);
	if (dockerfile == null) return startScript(commit, path);
	try {
		return parseFinalStage(dockerfile);
	} catch (error) {
		throw new ConfigurationError([{
			message: error.message,
			location: { file }
		}], { cause: error });
	}
}
async function startScript(commit, path) {
	const { scripts } = JSON.parse(await readTracked(commit, `${path}/package.json`));
	const command = scripts?.start?.split(/\s+/) ?? [];
	if (command[0] === "node") return {
		run: {
			command,
			environment: {},
			ports: []
		},
		sources: []
	};
	throw new ConfigurationError(`expected ${path}/Dockerfile, or a start script such as "node src/main.ts" in ${path}/package.json, found neither`);
}
async function readHeadCommit(folder) {
	try {
		const { stdout } = await run("git", ["rev-parse", "HEAD"], { cwd: folder });
		return {
			folder,
			sha: stdout.trim()
		};
	} catch (error) {
		throw new ConfigurationError([{
			message: `expected a git checkout in ${folder}, found none`,
			hint: "check out the repository before this step"
		}], { cause: error });
	}
}
// src/registry/describe-build.ts
function describeBuild(service, reference, image, pushed) {
	const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
	const total = image.layers.reduce((sum, { size }) => sum + size, 0);
	const push = describePush(pushed, megabytes);
	return [
		`### ${service} ${image.version}`,
		"",
		`\`${reference}\` (${megabytes(total)}): ${push}`,
		"",
		...image.base === "local-base" ? ["> Built on this machine's own libraries (local-base): for the local account alone.", ""] : [],
		markdownTable(["layer", "size"], image.layers.map(({ digest, size }) => [`\`${digest.slice(0, 19)}\``, megabytes(size)]))
	].join("\n");
}
function describePush(pushed, megabytes) {
	if (!pushed) return "not pushed.";
	return pushed.wasThere ? "was in the registry before." : `pushed, ${megabytes(pushed.uploadedBytes)} of it new.`;
}
// src/registry/layer-cache.ts
function layerCacheFolder(environment) {
	const cache = environment["RUNNER_TOOL_CACHE"] ?? environment["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
	return join(cache, "sluice", "layers");
}
function layerCache(folder) {
	const blobFile = (digest) => join(folder, digest.replace(":", "-"));
	return {
		blobFile,
		async layer(key, build) {
			await mkdir(folder, { recursive: true });
			const name = createHash("sha256").update(JSON.stringify(key)).digest("hex");
			const record = join(folder, `key-${name}.json`);
			const known = await readRecord(record);
			if (known && await sizeOf(blobFile(known.digest)) === known.size) return known;
			const built = join(folder, `build-${name}-${process.pid}`);
			const layer = await build(built);
			await rename(built, blobFile(layer.digest));
			await writeFile(`${record}.${process.pid}`, JSON.stringify(layer));
			await rename(`${record}.${process.pid}`, record);
			return layer;
		}
	};
}
async function readRecord(file) {
	try {
		return JSON.parse(await readFile(file, "utf8"));
	} catch {
		return;
	}
}
async function sizeOf(file) {
	try {
		return (await stat(file)).size;
	} catch {
		return;
	}
}
// src/registry/push-image.ts
async function pushImage(registry, repository, image, tag, cache) {
	const wasThere = await registry.findManifest(repository, image.digest) === image.digest;
	let uploadedBytes = 0;
	if (!wasThere) {
		const upload = async (layer) => {
			if (await registry.hasBlob(repository, layer.digest)) return;
			await registry.uploadBlob(repository, layer, { file: cache.blobFile(layer.digest) });
			uploadedBytes += layer.size;
		};
		await Promise.all(image.layers.map(upload));
		const config = {
			mediaType: mediaTypes.config,
			digest: image.configDigest,
			size: image.config.length
		};
		await registry.uploadBlob(repository, config, image.config);
		await registry.writeManifest(repository, image.digest, mediaTypes.manifest, image.manifest);
	}
	if (await registry.findManifest(repository, tag) == null) await registry.writeManifest(repository, tag, mediaTypes.manifest, image.manifest);
	const found = await registry.findManifest(repository, image.digest);
	if (found !== image.digest) throw new Error(`${registry.host}/${repository}: expected ${image.digest} after the push, found ${found ?? "nothing"}`);
	return {
		uploadedBytes,
		wasThere
	};
}
// src/build-image.ts
await runAction("Build image", async () => {
	const { service, push, role } = readInputs(contract.inputs);
	const { project } = await readDesiredState();
	const { path, image: repository, base } = findProjectService(project, service);
	const refusal = push ? refuseBase(base ?? "local-base", project.artifacts.account) : void 0;
	if (refusal != null) throw new ConfigurationError([{
		message: refusal,
		hint: `set services.${service}.base by digest`
	}]);
	const cache = layerCache(layerCacheFolder(process.env));
	const commit = await readHeadCommit(workspace());
	const image = await buildServiceImage({
		commit,
		path,
		source: `https://github.com/${project.github.owner}/${project.github.repository}`,
		...base == null ? {} : { base }
	}, cache);
	const reference = formatImageReference({
		repository,
		digest: image.digest
	});
	const { account, region } = project.artifacts;
	const aws = awsClients({
		region,
		role: push ? roleToAssume(role, account, names.role.build()) : void 0
	});
	const pushed = push && await pushImage(await artifactRegistry(project, aws.ecr), repository, image, commit.sha, cache);
	const release = JSON.stringify({
		image: reference,
		commit: commit.sha,
		version: image.version
	});
	setOutputs(contract, {
		image: reference,
		digest: image.digest,
		release
	});
	await writeSummary(describeBuild(service, reference, image, pushed || void 0));
});
export {};
