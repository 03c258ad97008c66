// Files written by NumPy 2.4.6, safetensors 0.8.0 and PyTorch 2.15.0, in base64.
// How they were made stands at each of them.

import Formats

enum Recorded {
  /// `x = np.arange(6).reshape(2, 3)`, saved as `x` for unsigned types and bool, else as `x - 1`.
  static let npyByType: [String: [UInt8]] = [
    "<f4": bytes(
      """
      k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIs
      IDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg
      IAoAAIC/AAAAAAAAgD8AAABAAABAQAAAgEA=
      """),
    "<f8": bytes(
      """
      k05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIs
      IDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg
      IAoAAAAAAADwvwAAAAAAAAAAAAAAAAAA8D8AAAAAAAAAQAAAAAAAAAhAAAAAAAAAEEA=
      """),
    "<f2": bytes(
      """
      k05VTVBZAQB2AHsnZGVzY3InOiAnPGYyJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIs
      IDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg
      IAoAvAAAADwAQABCAEQ=
      """),
    ">f4": bytes(
      """
      k05VTVBZAQB2AHsnZGVzY3InOiAnPmY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIs
      IDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg
      IAq/gAAAAAAAAD+AAABAAAAAQEAAAECAAAA=
      """),
    ">f8": bytes(
      """
      k05VTVBZAQB2AHsnZGVzY3InOiAnPmY4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIs
      IDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg
      IAq/8AAAAAAAAAAAAAAAAAAAP/AAAAAAAABAAAAAAAAAAEAIAAAAAAAAQBAAAAAAAAA=
      """),
    ">i2": bytes(
      """
      k05VTVBZAQB2AHsnZGVzY3InOiAnPmkyJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIs
      IDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg
      IAr//wAAAAEAAgADAAQ=
      """),
    "<i8": bytes(
      """
      k05VTVBZAQB2AHsnZGVzY3InOiAnPGk4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIs
      IDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg
      IAr//////////wAAAAAAAAAAAQAAAAAAAAACAAAAAAAAAAMAAAAAAAAABAAAAAAAAAA=
      """),
    "|u1": bytes(
      """
      k05VTVBZAQB2AHsnZGVzY3InOiAnfHUxJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIs
      IDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg
      IAoAAQIDBAU=
      """),
    "|i1": bytes(
      """
      k05VTVBZAQB2AHsnZGVzY3InOiAnfGkxJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIs
      IDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg
      IAr/AAECAwQ=
      """),
    "|b1": bytes(
      """
      k05VTVBZAQB2AHsnZGVzY3InOiAnfGIxJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIs
      IDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg
      IAoAAQEBAQE=
      """),
    "<u4": bytes(
      """
      k05VTVBZAQB2AHsnZGVzY3InOiAnPHU0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIs
      IDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg
      IAoAAAAAAQAAAAIAAAADAAAABAAAAAUAAAA=
      """),
  ]

  /// `np.asfortranarray(np.arange(24, dtype='<f4').reshape(2, 3, 4))`
  static let npyFortran = bytes(
    """
    k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBUcnVlLCAnc2hhcGUnOiAoMiwgMy
    wgNCksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoA
    AAAAAABAQQAAgEAAAIBBAAAAQQAAoEEAAIA/AABQQQAAoEAAAIhBAAAQQQAAqEEAAABAAABgQQAAwEAAAJBBAA
    AgQQAAsEEAAEBAAABwQQAA4EAAAJhBAAAwQQAAuEE=
    """)

  /// `np.float32(1.5).reshape(())`
  static let npyScalar = bytes(
    """
    k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKCksIH
    0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoA
    AMA/
    """)

  /// `np.lib.format.write_array(f, x.astype('<f4'), version=(2, 0))`
  static let npyVersion2 = bytes(
    """
    k05VTVBZAgB0AAAAeydkZXNjcic6ICc8ZjQnLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMi
    wgMyksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoA
    AAAAAACAPwAAAEAAAEBAAACAQAAAoEA=
    """)

  /// `np.lib.format.write_array(f, x.astype('<f4'), version=(3, 0))`
  static let npyVersion3 = bytes(
    """
    k05VTVBZAwB0AAAAeydkZXNjcic6ICc8ZjQnLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMi
    wgMyksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoA
    AAAAAACAPwAAAEAAAEBAAACAQAAAoEA=
    """)

  /// `np.array([1, 'a'], dtype=object)`
  static let npyObjects = bytes(
    """
    k05VTVBZAQB2AHsnZGVzY3InOiAnfE8nLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMiwpLC
    B9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAqA
    BJWQAAAAAAAAAIwWbnVtcHkuX2NvcmUubXVsdGlhcnJheZSMDF9yZWNvbnN0cnVjdJSTlIwFbnVtcHmUjAduZG
    FycmF5lJOUSwCFlEMBYpSHlFKUKEsBSwKFlGgDjAVkdHlwZZSTlIwCTziUiYiHlFKUKEsDjAF8lE5OTkr/////
    Sv////9LP3SUYoldlChLAYwBYZRldJRiLg==
    """)

  /// `np.zeros(1, dtype=[('a', '<f4'), ('b', '<i4')])`
  static let npyRecords = bytes(
    """
    k05VTVBZAQB2AHsnZGVzY3InOiBbKCdhJywgJzxmNCcpLCAoJ2InLCAnPGk0JyldLCAnZm9ydHJhbl9vcmRlci
    c6IEZhbHNlLCAnc2hhcGUnOiAoMSwpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoA
    AAAAAAAAAA==
    """)

  /// `np.zeros(1, dtype='<c8')`
  static let npyComplex = bytes(
    """
    k05VTVBZAQB2AHsnZGVzY3InOiAnPGM4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDEsKS
    wgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoA
    AAAAAAAAAA==
    """)

  /// `np.zeros((0, 3), dtype='<f4')`
  static let npyEmpty = bytes(
    """
    k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDAsID
    MpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAo=
    """)

  /// `np.savez(f, a=x.astype('<f4'), b=np.float64([0.1, 0.5]))`
  static let npz = bytes(
    """
    UEsDBC0AAAAAAAAAIQBP6QAq//////////8FABQAYS5ucHkBABAAmAAAAAAAAACYAAAAAAAAAJNOVU1QWQEAdg
    B7J2Rlc2NyJzogJzxmNCcsICdmb3J0cmFuX29yZGVyJzogRmFsc2UsICdzaGFwZSc6ICgyLCAzKSwgfSAgICAg
    ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAKAAAAAAAAgD8AAA
    BAAABAQAAAgEAAAKBAUEsDBC0AAAAAAAAAIQAlK3z6//////////8FABQAYi5ucHkBABAAkAAAAAAAAACQAAAA
    AAAAAJNOVU1QWQEAdgB7J2Rlc2NyJzogJzxmOCcsICdmb3J0cmFuX29yZGVyJzogRmFsc2UsICdzaGFwZSc6IC
    gyLCksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg
    ICAKmpmZmZmZuT8AAAAAAADgP1BLAQItAy0AAAAAAAAAIQBP6QAqmAAAAJgAAAAFAAAAAAAAAAAAAACAAQAAAA
    BhLm5weVBLAQItAy0AAAAAAAAAIQAlK3z6kAAAAJAAAAAFAAAAAAAAAAAAAACAAc8AAABiLm5weVBLBQYAAAAA
    AgACAGYAAACWAQAAAAA=
    """)

  /// `np.savez_compressed(f, w=np.tile(np.float32([1, 2, 3, 4]), 25))`
  static let npzCompressed = bytes(
    """
    UEsDBC0AAAAIAAAAIQA/qIG2//////////8FABQAdy5ucHkBABAAEAIAAAAAAABXAAAAAAAAAJvsF+obEMnIUM
    ZQrZ6SWpxcpG6loG6TZqKuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GoYGBjqaOgq1CmQDLgaGBnsG
    BgYHIALiBodR/sDyAVBLAQItAy0AAAAIAAAAIQA/qIG2VwAAABACAAAFAAAAAAAAAAAAAACAAQAAAAB3Lm5weV
    BLBQYAAAAAAQABADMAAACOAAAAAAA=
    """)

  /// `safetensors.torch.save({'w': tensor([[1., -2.], [.5, inf]]), 'h': half [1.5, -.25],`
  /// `'bf': bfloat16 [1.5, -3.], 'i': int64 [7, -9], 'm': [True, False, True], 's': tensor(2.5),`
  /// `'d': double [0.1]}, metadata={'format': 'pt'})`
  static let safetensors = bytes(
    """
    qAEAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJmb3JtYXQiOiJwdCJ9LCJpIjp7ImR0eXBlIjoiSTY0Iiwic2hhcG
    UiOlsyXSwiZGF0YV9vZmZzZXRzIjpbMCwxNl19LCJkIjp7ImR0eXBlIjoiRjY0Iiwic2hhcGUiOlsxXSwiZGF0
    YV9vZmZzZXRzIjpbMTYsMjRdfSwicyI6eyJkdHlwZSI6IkYzMiIsInNoYXBlIjpbXSwiZGF0YV9vZmZzZXRzIj
    pbMjQsMjhdfSwidyI6eyJkdHlwZSI6IkYzMiIsInNoYXBlIjpbMiwyXSwiZGF0YV9vZmZzZXRzIjpbMjgsNDRd
    fSwiYmYiOnsiZHR5cGUiOiJCRjE2Iiwic2hhcGUiOlsyXSwiZGF0YV9vZmZzZXRzIjpbNDQsNDhdfSwiaCI6ey
    JkdHlwZSI6IkYxNiIsInNoYXBlIjpbMl0sImRhdGFfb2Zmc2V0cyI6WzQ4LDUyXX0sIm0iOnsiZHR5cGUiOiJC
    T09MIiwic2hhcGUiOlszXSwiZGF0YV9vZmZzZXRzIjpbNTIsNTVdfX0gICAgBwAAAAAAAAD3/////////5qZmZ
    mZmbk/AAAgQAAAgD8AAADAAAAAPwAAgH/AP0DAAD4AtAEAAQ==
    """)

  /// `safetensors.torch.save({'b': tensor([1., 2., 3.]), 'a': tensor([[4.], [5.]])})`
  static let safetensorsFloats = bytes(
    """
    cAAAAAAAAAB7ImEiOnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6WzIsMV0sImRhdGFfb2Zmc2V0cyI6WzAsOF19LC
    JiIjp7ImR0eXBlIjoiRjMyIiwic2hhcGUiOlszXSwiZGF0YV9vZmZzZXRzIjpbOCwyMF19fSAgAACAQAAAoEAA
    AIA/AAAAQAAAQEA=
    """)

  private static func bytes(_ base64: String) -> [UInt8] { Base64.decode(base64) ?? [] }
}
