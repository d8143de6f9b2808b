import * as v from 'valibot';
import { encodeProblem } from '../problem.ts';
import { CommandSchema } from './command.ts';
import { ExpectationSchema } from './expectation.ts';
import { PatternSchema } from './pattern.ts';
import { IdSchema, listOf, localized, localizedMarkdown, oneOf, strict } from './parts.ts';

const commands = (description: string) =>
  v.pipe(listOf('do', CommandSchema, 100), v.description(description));

const OptionSchema = strict('an option', {
  text: localizedMarkdown('an option', 'What the learner may predict.'),
  correct: v.exactOptional(v.pipe(v.boolean(), v.description('True for exactly one option.'))),
  answer: localizedMarkdown(
    'an answer',
    'Shown after this option was chosen: the mechanism that proves or refutes it.',
  ),
});

const AskSchema = v.pipe(
  strict('ask', {
    question: localizedMarkdown('a question', 'The question.'),
    options: v.pipe(
      listOf('options', OptionSchema, 6, 2),
      v.check(
        (options) => options.filter((option) => option.correct === true).length === 1,
        encodeProblem({ rule: 'one-correct-option', message: 'exactly one option must have correct: true' }),
      ),
    ),
  }),
  v.description('A prediction the learner makes before the step runs.'),
);

const ExpectationsSchema = listOf('expect', ExpectationSchema, 50);

const CheckSchema = strict('a check', {
  do: v.exactOptional(commands('What the engine does to find out.')),
  until: v.exactOptional(PatternSchema),
  expect: listOf('expect', ExpectationSchema, 50, 1),
});

/** What a learner may do while a goal is open. */
const goalActions = [
  'apply',
  'restart',
  'request',
  'delete',
  'advance',
  'stop',
  'start',
  'scale',
  'tamper',
  'present',
  'hijack',
  'heal',
] as const;

const GoalSchema = v.pipe(
  strict('goal', {
    task: localizedMarkdown('a task', 'What to reach.'),
    edit: v.exactOptional(
      v.pipe(
        strict('edit', {
          name: v.pipe(
            v.string(),
            v.regex(
              /^[a-z0-9][-a-z0-9.]*\.ya?ml$/,
              encodeProblem({
                rule: 'form',
                message: 'edit.name must be a file name',
                hint: 'for example policy.yaml',
              }),
            ),
          ),
          text: v.pipe(v.string(), v.maxLength(100_000)),
          runs: v.exactOptional(
            v.pipe(
              oneOf('contents', ['resources', 'commands']),
              v.description(
                'What the file holds: Kubernetes resources to apply, or commands to run, as in do. Default resources.',
              ),
            ),
          ),
        }),
        v.description('YAML the editor starts from.'),
      ),
    ),
    allow: v.pipe(
      listOf('allow', oneOf('action', goalActions), goalActions.length, 1),
      v.description('Actions the page offers.'),
    ),
    check: v.pipe(
      listOf('check', CheckSchema, 20, 1),
      v.description('Run one after another by the engine; the goal is reached when all expectations hold.'),
    ),
    hints: listOf('hints', localizedMarkdown('a hint', 'A hint; the first gives least away.'), 5, 1),
    solution: v.pipe(
      strict('solution', {
        text: localizedMarkdown('a solution', 'The worked solution.'),
        do: commands('The commands that reach the goal.'),
      }),
      v.description('One way to reach the goal; it is run in the tests.'),
    ),
  }),
  v.description('Something the learner reaches by acting; any way of reaching it counts.'),
);

const CaseSchema = v.pipe(
  strict('case', {
    number: v.pipe(
      v.number(),
      v.integer(),
      v.minValue(1),
      v.description('Number of the case in the collection.'),
    ),
    text: localizedMarkdown('a case', 'What happened, in own words.'),
    url: v.pipe(v.string(), v.maxLength(300), v.description('Where it is recorded; https only.')),
  }),
  v.description('A case seen in the wild.'),
);

export const StepSchema = strict('a step', {
  id: IdSchema,
  title: localized('a title', 120, 'Title of the step.'),
  say: localizedMarkdown('say', 'What the story says; one idea, at most 60 words.'),
  ask: v.exactOptional(AskSchema),
  do: v.exactOptional(commands('What happens when the step is entered, or once its question is answered.')),
  until: v.exactOptional(
    v.pipe(
      PatternSchema,
      v.description('Entries to wait for after the commands, counted since the step began.'),
    ),
  ),
  then: v.exactOptional(localizedMarkdown('then', 'Shown when the commands have run.')),
  focus: v.exactOptional(
    v.pipe(
      listOf('focus', v.pipe(v.string(), v.maxLength(300)), 12),
      v.description('References to highlight; the first artefact or message opens in the inspector.'),
    ),
  ),
  expect: v.exactOptional(
    v.pipe(
      ExpectationsSchema,
      v.description('What must be true when the step is done; checked in the tests.'),
    ),
  ),
  goal: v.exactOptional(GoalSchema),
  case: v.exactOptional(CaseSchema),
});

export type LessonStep = v.InferOutput<typeof StepSchema>;
export type LessonGoal = v.InferOutput<typeof GoalSchema>;
export type GoalAction = (typeof goalActions)[number];
