/** What is said of approvals that need several people, or that stand for later calls, in every language there is: a part of the catalogue. */

export interface ApprovalTexts {
  /** Behind a call that waits for several people. */
  waitsForSeveral(approved: number, needed: number): string;
  /** In the timeline, behind who approved. `{who}` stands for them. */
  readonly standingOf: string;
  readonly buttons: {
    /** Opens what can be chosen. */
    readonly always: string;
    readonly here: string;
    readonly me: string;
    /** `{name}` stands for the asker. */
    readonly asker: string;
    /** `{number}` stands for the line. */
    readonly end: string;
  };
  /** Before the two buttons. `{tool}` stands for its name, `{until}` for a time. */
  readonly offer: string;
  /** What became of a press. */
  counted(missing: number): string;
  readonly countedBefore: string;
  /** `{tool}` and `{until}` as above. */
  readonly granted: string;
  /** Others want something else, or this one alone wanted it for good. */
  readonly approvedOnce: string;
  /** «Always here» speaks for askers whom only a role speaks for. */
  readonly onlyRolesHere: string;
  readonly cannotStand: string;
  readonly list: {
    readonly description: string;
    readonly heading: string;
    readonly none: string;
    /** `{tool}`, `{where}`, `{who}` and `{until}` stand for what they say. */
    readonly line: string;
    /** `{place}` and `{person}` stand for mentions. */
    readonly here: string;
    readonly asker: string;
    readonly ended: string;
    readonly notYours: string;
  };
}

export const englishApprovals: ApprovalTexts = {
  waitsForSeveral: (approved, needed) => `waits for approval (${approved} of ${needed})`,
  standingOf: 'Passed by the standing approval of {who}',
  buttons: {
    always: 'Always…',
    here: 'Always in this channel',
    me: 'Always for me',
    asker: 'Always for {name}',
    end: 'End {number}',
  },
  offer:
    'This approves the call, and later calls of `{tool}` without asking until {until}. It ends earlier when the tool changes what it says of itself or the rule changes; `/approvals` shows and ends it.',
  counted: (missing) =>
    missing === 1 ? 'Counted. One more person must approve it.' : `Counted. ${missing} more people must approve it.`,
  countedBefore: 'You have approved this already. Somebody else must, too.',
  granted: 'Approved. Until {until} I do not ask about `{tool}` any more.',
  approvedOnce: 'Approved, this once: not all who approved wanted the same for good.',
  onlyRolesHere: 'Only members with a role that may approve can do that for everybody in a channel.',
  cannotStand: 'This call can be approved only by itself.',
  list: {
    description: 'Show calls of tools that are made without asking, and end that',
    heading: 'Calls that I make without asking',
    none: 'I ask about every call that needs approval.',
    line: '{number}. `{tool}` {where}, by {who}, until {until}',
    here: 'in {place}',
    asker: 'for {person}',
    ended: 'Ended. From now on I ask again.',
    notYours: 'Only who gave it, whom it is for, or a moderator can end that.',
  },
};

export const koreanApprovals: ApprovalTexts = {
  waitsForSeveral: (approved, needed) => `승인을 기다립니다(${needed}명 가운데 ${approved}명)`,
  standingOf: '{who} 님이 미리 승인해 두었습니다',
  buttons: {
    always: '항상…',
    here: '이 채널에서 항상',
    me: '내 질문에는 항상',
    asker: '{name} 님에게는 항상',
    end: '{number}번 끝내기',
  },
  offer:
    '이 호출을 승인하고, {until}까지는 `{tool}` 호출을 묻지 않고 실행합니다. 도구의 설명이나 규칙이 바뀌면 그전에 끝납니다. `/approvals`에서 보고 끝낼 수 있습니다.',
  counted: (missing) => `승인했습니다. ${missing}명이 더 승인해야 합니다.`,
  countedBefore: '이미 승인하셨습니다. 다른 사람도 승인해야 합니다.',
  granted: '승인했습니다. {until}까지 `{tool}` 호출은 묻지 않습니다.',
  approvedOnce: '이번 한 번만 승인했습니다. 승인한 사람들의 선택이 서로 달랐습니다.',
  onlyRolesHere: '채널의 모든 사람을 위한 승인은 승인 역할을 가진 멤버만 할 수 있습니다.',
  cannotStand: '이 호출은 하나씩만 승인할 수 있습니다.',
  list: {
    description: '묻지 않고 실행하는 도구 호출을 보고 끝내기',
    heading: '묻지 않고 실행하는 호출',
    none: '승인이 필요한 호출은 모두 묻습니다.',
    line: '{number}. `{tool}` {where}, {who} 님이 승인, {until}까지',
    here: '{place}에서',
    asker: '{person} 님에게',
    ended: '끝냈습니다. 이제 다시 묻습니다.',
    notYours: '승인한 사람, 그 대상인 사람, 관리자만 끝낼 수 있습니다.',
  },
};
