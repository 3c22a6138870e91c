import { Ct as setOutputs, Ht as writeSummary, It as shared, St as runAction, Vt as markdownTable, Wt as defineContract, Y as firstEnvironment, kt as readDesiredState } from "./shared/sluice.mjs";
// src/contracts/list-services.ts
const contract = defineContract({}, [
	"services",
	"environments",
	"with-stacks",
	"first"
]);
// src/list-services.ts
await runAction("List services", async () => {
	const state = await readDesiredState();
	const services = Object.entries(state.project.services);
	const first = firstEnvironment(state);
	setOutputs(contract, {
		services: JSON.stringify(services.map(([name]) => name)),
		environments: JSON.stringify(Object.keys(state.environments)),
		"with-stacks": JSON.stringify([...Object.keys(state.environments), shared]),
		first
	});
	const rows = services.map(([name, { path, image, owners }]) => [
		name,
		path,
		image,
		owners.join(", ")
	]);
	await writeSummary(`### Services, on their way to ${first} first\n\n${markdownTable([
		"service",
		"folder",
		"image",
		"owners"
	], rows)}`);
});
export {};
