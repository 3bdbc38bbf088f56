//! Parts of networks that whole models saved by other packages on top of PyTorch hold. Found in files
//! that transformers 5, diffusers 0.42, torchao 0.18, torch_geometric 2.8, monai 1.6, gpytorch 1.15
//! and others wrote. The sources of each were searched for what reads files, imports or executes in
//! what unpickling calls (`__new__`, `__init__`, `__setstate__`, `__reduce__`).

use super::Classes;

pub(super) const CLASSES: &[Classes] = &[
    Classes {
        packages: "transformers",
        names: "\
            BartClassificationHead BartDecoderWrapper BertLMPredictionHead \
            BertPredictionHeadTransform Conv1D DynamicCache ElectraClassificationHead \
            ElectraGeneratorPredictions FFN GELUTanh LegacyDebertaV2LMPredictionHead \
            LegacyDebertaV2PredictionHeadTransform MambaMixer MixtralExperts MixtralTopKRouter \
            ResNetShortCut ResNetStage RobertaClassificationHead SizeDict \
            SwinRelativePositionBias SwinStage T5ClassificationHead T5DenseActDense T5LayerFF \
            T5Stack Transformer WhisperDecoderWrapper",
    },
    Classes {
        packages: "diffusers",
        names: "\
            Attention AttnProcessor2_0 AutoencoderKL DDIMScheduler DDPMScheduler Decoder \
            Downsample2D Encoder EulerDiscreteScheduler FeedForward FrozenDict GEGLU Timesteps \
            UNetMidBlock2DCrossAttn Upsample2D",
    },
    Classes {
        packages: "torchao",
        names: "\
            Int8DynamicActivationInt8WeightConfig Int8WeightOnlyConfig MappingType PerRow \
            QuantizeTensorToInt8Kwargs",
    },
    Classes {
        packages: "torch_geometric",
        names: "\
            ChebConv EdgeAttr GAT GATv2Conv GCN GraphConv GraphSAGE MeanAggregation Parameter \
            SGConv Signature SumAggregation TAGConv TensorAttr TransformerConv TrimToLayer",
    },
    Classes {
        packages: "monai",
        names: "\
            ADN Convolution SkipConnection UNet",
    },
    Classes {
        packages: "einops",
        names: "\
            Rearrange",
    },
    Classes {
        packages: "gpytorch",
        names: "\
            GaussianLikelihood GreaterThan HomoskedasticNoise Positive RBFKernel ScaleKernel",
    },
    Classes {
        packages: "peft",
        names: "\
            ModulesToSaveWrapper PromptTuningInit",
    },
    Classes {
        packages: "segmentation_models_pytorch",
        names: "\
            UnetDecoderBlock",
    },
    Classes {
        packages: "timm",
        names: "\
            FastAdaptiveAvgPool",
    },
    Classes {
        packages: "torchvision",
        names: "\
            BoundingBoxFormat BoundingBoxes Image LastLevelMaxPool Mask",
    },
];
