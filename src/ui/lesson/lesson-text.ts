// Each lesson is a chunk of its own, fetched when it is opened.
const files = import.meta.glob<string>('../../../scenarios/*.yaml', { query: '?raw', import: 'default' });

/** The text of a lesson file in `scenarios/`. Rejects when it cannot be fetched. */
export async function loadLessonText(file: string): Promise<string> {
  const load = files[`../../../scenarios/${file}`];
  if (!load) throw new Error(`there is no lesson file ${file}`);
  return load();
}
