// Notebooks that several tests read.

enum Samples {
  /// The example of the format's description.
  static let format = #"""
    ---
    cnb: 1
    title: Int4 quantization, from scratch
    seed: 7
    limits: {cell: 60s, memory: 2GiB}
    allow: [read:models/, write:none, net:none]
    lock: sha256:9c1e44d0
    ---

    # Int4 quantization

    ```cnb #load
    let m = load "models/tiny.safetensors"
    describe m
    ```

    ```cnb-out #load k=3f9a1c20
    model   tiny   4 layers   1.21 M params   4.84 MB f32
    ```

    ```cnb #q4 params bits=4
    let q = quantize m bits: bits group: 64
    measure m q on: "data/val.tsv"
    ```

    ```cnb-out #q4 k=b7720d11
    model   bits   size      acc            latency
    m       32     4.84 MB   0.9312±0.0005  ≈1.82 ms
    q       4      0.71 MB   0.9268±0.0020  ≈0.64 ms
    ```

    ![cnb #q4.1: accuracy by bits](int4.cnb.d/q4.1.svg)

    ```cnb #bad error=E0207
    quantize m bits: 3.5
    ```

    ```cnb-err #bad k=0c4be2aa
    E0207: `bits` must be a whole number from 2 to 8, got 3.5
     1 | quantize m bits: 3.5
       |                  ^^^ did you mean 4?
    ```

    ````cnb #fences
    print "```"
    ````

    ````cnb-out #fences k=11aa22bb
    ```
    ````

    """#
}
