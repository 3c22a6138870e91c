import { o as group, s as info } from "./shared/github.mjs";
import { At as workspace, Bt as reportGate, Dt as findService, Gt as jsonInput, Ht as writeSummary, Ln as gateNames, St as runAction, Wt as defineContract, cn as rolloutHandleSchema, kt as readDesiredState, n as runChild, t as environmentForTests, wt as readInputs, zn as combineVerdicts } from "./shared/sluice.mjs";
// src/contracts/run-tests.ts
const contract = defineContract({ handle: jsonInput(rolloutHandleSchema) }, ["gate-result"]);
// src/runner/acceptance-tests.ts
const notRun = [126, 127];
async function runAcceptanceTest({ name, run, timeout }, root, url, onLine) {
	const began = Date.now();
	const { exitCode, hasTimedOut, lastLines } = await runChild(run, [], {
		cwd: root,
		env: environmentForTests(process.env, { BASE_URL: url }),
		timeoutMilliseconds: timeout * 1e3,
		onLine,
		shell: true
	});
	const seconds = (Date.now() - began) / 1e3;
	if (hasTimedOut) return {
		name,
		seconds,
		lastLines,
		outcome: "inconclusive",
		reason: `${name} was ended after ${timeout} s`
	};
	if (exitCode == null || notRun.includes(exitCode)) throw new Error([`the test ${name} could not run: "${run}" ended with ${exitCode ?? "a signal"}`, ...lastLines].join("\n"));
	const outcome = exitCode === 0 ? "pass" : "fail";
	return {
		name,
		seconds,
		lastLines,
		outcome,
		reason: `${name} ${outcome === "pass" ? "passed" : `ended with ${exitCode}`} in ${seconds.toFixed(1)} s`
	};
}
function testsGate(runs, startedAt, finishedAt) {
	return {
		gate: gateNames.tests,
		...combineVerdicts(runs),
		figures: {
			tests: runs.length,
			passed: runs.filter(({ outcome }) => outcome === "pass").length,
			seconds: (finishedAt.getTime() - startedAt.getTime()) / 1e3
		},
		startedAt: startedAt.toISOString(),
		finishedAt: finishedAt.toISOString()
	};
}
function describeTests(runs, url) {
	const rows = runs.map(({ name, outcome, seconds }) => `| ${name} | ${outcome} | ${seconds.toFixed(1)} s |`);
	const logs = runs.filter(({ outcome }) => outcome !== "pass").map(({ name, lastLines }) => `Last lines of ${name}:\n\n\`\`\`\n${lastLines.join("\n")}\n\`\`\``);
	return [
		`Against ${url}`,
		[
			"| test | verdict | time |",
			"|---|---|---|",
			...rows
		].join("\n"),
		...logs
	].join("\n\n");
}
// src/run-tests.ts
await runAction("Tests", async () => {
	const { handle } = readInputs(contract.inputs);
	const { service } = findService(await readDesiredState(), handle.environment, handle.service);
	if (service.tests.length === 0) {
		await writeSummary(`### Tests: \`${handle.service}\` asks for none in ${handle.environment}`);
		return;
	}
	const url = handle.testUrl;
	if (url == null) throw new Error(`the handle of ${handle.service} names no test address`);
	const startedAt = new Date();
	const runs = [];
	for (const test of service.tests) runs.push(await group(`${test.name}: ${test.run}`, () => runAcceptanceTest(test, workspace(), url, (line) => info(line))));
	await reportGate("Tests", testsGate(runs, startedAt, new Date()), describeTests(runs, url));
});
export {};
