// What a lecturer projects: each kind of chart as it is drawn, kept here to be looked at.
// After a wanted change, look at the new picture, then put it here.
import Charts
import Testing

@Suite struct Golden {
  private func expect(_ lines: [String], _ picture: String) {
    #expect(lines.joined(separator: "\n") == picture)
  }

  @Test func losses() {
    expect(
      Specimens.losses.render(.notebook),
      #"""
                                     Training of lenet300
           ●─── training   ○─ ─ validation
      loss
      1.2 ┤
          │●⡀
      1.0 ┤ ⠱⡀
          │○⡀⠑⡄
      0.8 ┤ ⠘ ⠘⡄
          │    ⡜⡄
      0.6 ┤    ⠈⠪⢆
          │      ⠈⢆
      0.4 ┤       ⠈○⠵⢄⣀⡤⢄⡀
          │            ⠈⠉⠒⠢○⢍⣑⣀⡀⠒⠢⠄○⠠⠤⠤  ⣀⣀○ ⢀⣀⡀
      0.2 ┤                    ⠈⠉⠉⠒●⠒⠒⠒⠢⠤⠤⠤●⠤⢄⣀⣈⣀⡀⠉○⠁ ⠈⠉⠉  ○⠉⠁ ⠈⠉⠉ ○⠉⠉⠁ ⠈⠉⠉○ ⠉⠉⠁ ⠈⠉○
          │                                      ⠈⠉●⠉⠉⠉⠉⠒⠒⠒●⠒⠒⠒⠒⠒⠒⠒●⠒⠒⠒⠒⠤⠤⠤●⠤⠤⠤⠤⣀⣀⣀●
        0 ┤
          └┬───────┬───────┬───────┬───────┬───────┬───────┬───────┬───────┬───────┬
           1       2       3       4       5       6       7       8       9      10
                                             epoch
      """#)
  }

  @Test func sweep() {
    expect(
      Specimens.sweep.render(ChartStyle(width: 60)),
      #"""
                            Pruning by magnitude
      accuracy
      100% ┤
           │●⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉●⠉⠉⠉⠉⠉⠉⠑⠒⠒⠒⠒⠒●⠒⠒⠤⠤⠤⠤⣀●
       95% ┤                                               ┴⠣⡀
           │                                                 ⠘●
       90% ┤                                                  ⢣
           │                                                  ⢸
       85% ┤                                                  ⠈⡆
           │                                                   ┬
       80% ┤                                                   ●
           │                                                   │
       75% ┤                                                   ┴
           └┬─────────┬──────────┬─────────┬──────────┬─────────
           0%        20%        40%       60%        80%
                                  sparsity
      """#)
  }

  @Test func tradeOff() {
    expect(
      Specimens.tradeOff.render(.notebook),
      #"""
                                      Accuracy against size
             ●··· Pareto front
      accuracy
      98.5% ┤
            │                                               fp16
            │                               int8         ⡀ ⡀ ⠄●      baseline ○
      98.0% ┤                                ⡀●⠄ ⠂ ⠂ ⠁ ⠁
            │                          ⡀ ⠂ ⠁
            │        75% + int8 ●⠄ ⠂ ⠁
      97.5% ┤                  ⠂
            │                ⠐
            │              ⠐                                            ○ svd 20
      97.0% ┤             ⠂                            ○ svd 10
            │           ● 90% + int8
            │
      96.5% ┤
            └┬───────────────┬───────────────┬─────────────────────┬───────────────┬
           5 KB            10 KB           20 KB                 50 KB          100 KB
                                              file
      """#)
  }

  @Test func clusters() {
    expect(
      Specimens.clusters.render(ChartStyle(width: 60)),
      #"""
                         Digits in two dimensions
          ● three   ○ five   ▲ eight
       4 ┤
         │      ●     ●●● ●
       2 ┤●    ●●●     ● ●        ●
         │       ●                            ○
       0 ┤                                  ○   ○   ○  ○○○○  ○
         │                    ▲    ▲  ▲      ○▲   ○
      -2 ┤                 ▲    ▲   ▲▲  ▲ ▲
         │                        ▲   ▲     ▲
      -4 ┤
         └┬──────────┬─────────┬──────────┬─────────┬──────────┬
         -2         -1         0          1         2          3
      """#)
  }

  @Test func sizes() {
    expect(
      Specimens.sizes.render(.notebook),
      #"""
                                       Bytes of the file
        baseline │████████████████████████████████████████████████████████████ 81.6 KB
            fp16 │██████████████████████████████ 40.9 KB
            int8 │███████████████▎ 20.8 KB
      75% + int8 │████████▎ 11.2 KB
      90% + int8 │█████▊ 7.9 KB
      """#)
  }

  @Test func groups() {
    expect(
      Specimens.groups.render(ChartStyle(width: 60)),
      #"""
                   Change of accuracy in points
           ██ no training   ▒▒ 2 epochs
      50%                                           █│ -0.1
                                                     │▒ 0.2 ± 0.1
                                                     │
      75%                             ███████████████│ -3.2
                                                     │▏ 0.1 ± 0.2
                                                     │
      90% ███████████████████████████████████████████│ -9.5
                                          ├───────┤▒▒│ -1.4 ± 0.9
      """#)
  }

  @Test func weights() {
    expect(
      Specimens.weights.render(.notebook),
      #"""
                                          dense1.weight
       1,000 ┤                                   ▁▁▂▁
             │                                ▆▅▅████▃
             │                              ▄▄████████▄▃
         750 ┤                             ▂████████████▃
             │                            ▁██████████████▁
             │                            ████████████████▃
         500 ┤                          ▂▆██████████████████
             │                        ▂▅████████████████████▅
             │                        ███████████████████████▄▃
         250 ┤                      ▇██████████████████████████▂▁
             │                    ▂▆█████████████████████████████▂
             │                 ▂▂▅████████████████████████████████▇▃
           0 ┤▁   ▁ ▁▁▁▁▁▂▁▃▄▅▇██████████████████████████████████████▇▅▃▂▁▁▁▁▁▁▁ ▁▁
             └──┬───────┬───────┬────────┬───────┬───────┬────────┬───────┬────────
              -0.20   -0.15   -0.10    -0.05     0     0.05     0.10    0.15
                                             weight
      n 20,000 · mean -9.67e-5 · sd 0.0501 · min -0.215 · max 0.196 · zeros 0.0%
      """#)
  }

  @Test func pruned() {
    expect(
      Specimens.pruned.render(ChartStyle(width: 60)),
      #"""
                          Before and after pruning
              before
       2,000 ┤
             │
             │                   ▂▃▆▆▆▆▄▁
             │                ▁▅▇█████████▆▂
             │            ▁▂▅▇██████████████▇▄▂
           0 ┤▁ ▁▁▁▁▁▁▂▃▅▆█████████████████████▇▆▄▃▂▁▁▁▁▁▁▁▁▁▁
             └─────────┬────────────┬────────────┬───────────┬
      n 20,000 · mean -3.42e-5 · sd 0.05 · min -0.18 · max 0.199 ·
      zeros 0.0%
              after
       1,000 ┤
             │
             │              ▁
             │            ▁▄█                █▄
             │          ▁▄███▆              ▅██▇▄
           0 ┤▁ ▁▁▁▁▂▃▃▆██████              ██████▆▄▃▂▁▁▁▁▁▁▁▁
             └─────────┬────────────┬────────────┬───────────┬
                     -0.1           0           0.1         0.2
      n 20,000 · mean -0.000189 · sd 0.0417 · min -0.18 · max
      0.199 · zeros 76.6%
                                   weight
      exact zeros are not drawn
      """#)
  }

  @Test func confusion() {
    expect(
      Specimens.confusion.render(.notebook),
      #"""
                     Confusion on 1,797 digits
                             predicted
            0    1    2    3    4    5    6    7    8    9
      0 │ 180█   ·    ·    2    ·    ·    ·    2    2    ·
      1 │   2  173█   ·    ·    ·    2    ·    ·    1    ·
      2 │   ·    ·  180█   1    ·    ·    ·    1    ·    ·
      3 │   2    2    ·  171█   ·    ·    ·    ·    1    ·
      4 │   ·    1    2    ·  177█   1    ·    1    1    ·
      5 │   ·    ·    ·    2    1  170█   ·    ·    ·    1
      6 │   ·    ·    ·    ·    2    1  181█   ·    2    2
      7 │   1    ·    1    ·    ·    1    ·  181█   ·    ·
      8 │   1    ·    1    1    ·    2    1    ·  171█   2
      9 │   2    2    1    1    ·    ·    ·    1    ·  171█
      rows: true class
      """#)
  }

  @Test func kernel() {
    expect(
      Specimens.kernel.render(ChartStyle(width: 40)),
      #"""
                   A blurred dot
       0 │                                │
         │        ░░░░░░░░░░░░░░░░        │
         │    ░░░░▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒░░░░    │
         │   ░░░▒▒▒▒▓▓▓▓▓▓▓▓▓▓▓▓▓▒▒▒░░░   │
         │   ░░▒▒▒▓▓▓▓█████████▓▓▓▓▒▒░░░  │
         │   ░░▒▒▓▓▓████████████▓▓▓▒▒▒░░  │
         │   ░░▒▒▓▓▓█████████████▓▓▒▒▒░░  │
         │   ░░▒▒▓▓▓▓███████████▓▓▓▒▒▒░░  │
         │   ░░░▒▒▒▓▓▓▓▓▓██▓▓▓▓▓▓▓▒▒▒░░   │
         │    ░░░▒▒▒▒▒▒▓▓▓▓▓▓▓▒▒▒▒▒░░░░   │
         │     ░░░░░░░░▒▒▒▒▒▒▒░░░░░░░     │
      31 │                                │
          0                             31
          0   ░░▒▒▓▓██ 16.2
      32 × 32, averaged to 12 × 32
      """#)
  }

  @Test func wavesInASCII() {
    expect(
      Specimens.waves.render(ChartStyle(width: 60, unicode: false)),
      #"""
                                 Two waves
            *... half   o... whole
       1.0 +oooo                          oooooo
           |   ooo                      ooo    ooo
       0.5 +    *oo******              oo        oo******
           |  ***  oo   ****         oo       ***  oo   ****
         0 +**      oo     ***      oo     ***      oo     ***
           |         oo      ****  oo   ****          oo      **
      -0.5 +           oo        oo******              oo
           |            ooo    ooo                      ooo
      -1.0 +              oooooo                          oooooo
           ++---------+----------+---------+---------+----------
            0        2 s        4 s       6 s       8 s
                                    time
      """#)
  }

  @Test func table() {
    expect(
      Specimens.table.render(.notebook),
      #"""
      network           accuracy    file  ratio  non-zeros       time  McNemar p
                                   bytes
      ──────────────────────────────────────────────────────────────────────────
      baseline     98.10% ± 0.27  81,640  1×        20,410    1.2 ms
      float16      98.10% ± 0.27  40,952  1.99×     20,410    1.25 ms       1
      75% + int8   97.6% ± 0.30   11,210  7.28×      5,110  980 µs          0.02
      量子化 int8  97.95% ± 0.28  20,801  3.92×     20,398    1.1 ms        0.31
      """#)
  }

  @Test func tableInBlocks() {
    expect(
      Specimens.table.render(ChartStyle(width: 40)),
      #"""
      network           accuracy    file
                                   bytes
      ──────────────────────────────────
      baseline     98.10% ± 0.27  81,640
      float16      98.10% ± 0.27  40,952
      75% + int8   97.6% ± 0.30   11,210
      量子化 int8  97.95% ± 0.28  20,801

      network      ratio  non-zeros       time
      ────────────────────────────────────────
      baseline     1×        20,410    1.2 ms
      float16      1.99×     20,410    1.25 ms
      75% + int8   7.28×      5,110  980 µs
      量子化 int8  3.92×     20,398    1.1 ms

      network      McNemar p
      ──────────────────────
      baseline
      float16           1
      75% + int8        0.02
      量子化 int8       0.31
      """#)
  }

  @Test func colorWrapsEachPieceOnce() {
    let chart = Chart(.bars, series: [Series(y: [2, 1], labels: ["a", "b"])])
    #expect(
      chart.render(ChartStyle(width: 11, color: true)) == [
        "a \u{1B}[38;5;244m│\u{1B}[0m\u{1B}[38;5;32m██████\u{1B}[0m 2",
        "b \u{1B}[38;5;244m│\u{1B}[0m\u{1B}[38;5;32m███\u{1B}[0m 1",
      ])
  }
}
