/** The sheet that lies over the page where there is no room for its content beside the stage. */
export type OpenSheet = 'inspector' | 'timeline' | null;
