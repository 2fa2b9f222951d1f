//! What must come out.

/// The digest of all results.
pub const DIGEST: u32 = 0xb3e1_49c4;

/// The digest of the results of each part, in the order in which they are run.
pub const PARTS: [(&str, u32); 30] = [
    ("mining f32", 0xa8bb_0e4b),
    ("mining f64", 0x0d59_79b8),
    ("mining f32 by i8", 0x70dd_8898),
    ("mining f32 by i16", 0x7738_23cb),
    ("mining f32 by i32", 0x9bd9_3050),
    ("mining f32 by f16", 0x2429_8eff),
    ("mining f32 by bf16", 0xc97e_8df9),
    ("ranking f32", 0x1692_996c),
    ("ranking f64", 0x2dba_7c04),
    ("ranking i8", 0xa740_4af3),
    ("ranking i16", 0xb4aa_5e70),
    ("ranking i32", 0x5908_a9c1),
    ("ranking f16", 0x80c4_69ad),
    ("ranking bf16", 0x8a31_f2fe),
    ("nms f32", 0x281d_f8bf),
    ("nms f64", 0x281d_f8bf),
    ("boxes f32", 0xa3d8_68db),
    ("boxes f64", 0x0078_b423),
    ("labels f32", 0xc1b4_cd5c),
    ("labels f64", 0x0002_46f2),
    ("blobs f32", 0x4bfd_1b04),
    ("blobs f64", 0xb98c_83f6),
    ("losses f32", 0xa103_2603),
    ("losses f64", 0x350b_847e),
    ("forward f32", 0x5cc7_f510),
    ("forward f64", 0x9266_ba80),
    ("segmentation f32", 0xca48_fbca),
    ("segmentation f64", 0x8ef5_ff59),
    ("rules f32", 0xf4a3_edf2),
    ("rules f64", 0xe169_175a),
];
