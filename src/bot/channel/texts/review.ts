/** What is said where tool servers say something else than before, in every language there is: a part of the catalogue. */

export interface ReviewTexts {
  /** Above the difference. @param server As it is shown. */
  changed(server: string, changes: number): string;
  /** In place of a tool's name, of what a server says as a whole. */
  readonly ofServer: string;
  readonly inFile: string;
  /** On the button. */
  readonly accept: string;
  /** `{who}` stands for a mention. */
  readonly accepted: string;
  readonly changedAgain: string;
  readonly notAllowed: string;
}

export const englishReview: ReviewTexts = {
  changed: (server, changes) =>
    `🔒 **${server}** says something else of ${changes === 1 ? '1 tool' : `${changes} tools`} than when I first used it. I leave that alone until somebody accepts it.`,
  ofServer: 'The server as a whole',
  inFile: 'The file holds all of it.',
  accept: 'Accept',
  accepted: '✅ Accepted by {who}.',
  changedAgain: 'It has changed once more. I post what it says now.',
  notAllowed: 'Only those whom the operator has named can accept that, in the channel for it.',
};

export const koreanReview: ReviewTexts = {
  changed: (server, changes) =>
    `🔒 **${server}** 서버가 도구 ${changes}개를 처음과 다르게 설명합니다. 누군가 받아들이기 전에는 쓰지 않습니다.`,
  ofServer: '서버 전체',
  inFile: '전체 내용은 파일에 있습니다.',
  accept: '받아들이기',
  accepted: '✅ {who} 님이 받아들였습니다.',
  changedAgain: '그사이 또 바뀌었습니다. 지금 내용을 올리겠습니다.',
  notAllowed: '운영자가 정한 사람만 정해진 채널에서 받아들일 수 있습니다.',
};
