//! PyTorch and packages of network parts on top of it: modules, parameters, optimizers, schedules.
//! From the classes that torch 2.11, torchvision 0.29, timm 1.0 and others define in the modules
//! that hold layers. What traces, compiles, distributes or profiles is not here.

use super::Classes;

pub(super) const CLASSES: &[Classes] = &[
    Classes {
        packages: "torch.nn torch.ao torch.quantization",
        names: "\
            AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d AdaptiveLogSoftmaxWithLoss \
            AdaptiveMaxPool1d AdaptiveMaxPool2d AdaptiveMaxPool3d AffineQuantizedObserverBase \
            AlphaDropout AvgPool1d AvgPool2d AvgPool3d BCELoss BCEWithLogitsLoss BNReLU2d \
            BNReLU3d BackendConfig BackendPatternConfig BasePruningMethod BatchNorm1d \
            BatchNorm2d BatchNorm3d Bilinear Buffer CELU CTCLoss ChannelShuffle CircularPad1d \
            CircularPad2d CircularPad3d ConstantPad1d ConstantPad2d ConstantPad3d Container \
            Conv1d Conv2d Conv3d ConvAdd2d ConvAddReLU2d ConvBn1d ConvBn2d ConvBn3d ConvBnReLU1d \
            ConvBnReLU2d ConvBnReLU3d ConvPackedParams ConvPerSampleGrad ConvReLU1d ConvReLU2d \
            ConvReLU3d ConvTranspose1d ConvTranspose2d ConvTranspose3d CosineEmbeddingLoss \
            CosineSimilarity CrossEntropyLoss CrossMapLRN2d CustomFromMask DTypeConfig \
            DTypeWithConstraints DataParallel DeQuantStub DeQuantize Dropout Dropout1d Dropout2d \
            Dropout3d ELU Embedding EmbeddingBag EmbeddingPackedParams EmbeddingPerSampleGrad \
            ExpandedWeight FXFloatFunctional FakeQuantize FakeQuantizeBase FeatureAlphaDropout \
            FixedQParamsFakeQuantize FixedQParamsObserver Flatten FloatFunctional Fold \
            FractionalMaxPool2d FractionalMaxPool3d FusedMovingAvgObsFakeQuantize GELU GLU GRU \
            GRUCell GaussianNLLLoss Granularity GroupNorm GroupNormPerSampleGrad Hardshrink \
            Hardsigmoid Hardswish Hardtanh HingeEmbeddingLoss HistogramObserver HuberLoss \
            Identity InstanceNorm1d InstanceNorm2d InstanceNorm3d InstanceNormPerSampleGrad \
            KLDivLoss L1Loss L1Unstructured LPPool1d LPPool2d LPPool3d LSTM LSTMCell LayerNorm \
            LayerNormPerSampleGrad LazyBatchNorm1d LazyBatchNorm2d LazyBatchNorm3d LazyConv1d \
            LazyConv2d LazyConv3d LazyConvTranspose1d LazyConvTranspose2d LazyConvTranspose3d \
            LazyInstanceNorm1d LazyInstanceNorm2d LazyInstanceNorm3d LazyLinear LazyModuleMixin \
            LeakyReLU Linear LinearBlockSparsePattern LinearBn1d LinearLeakyReLU \
            LinearPackedParams LinearPerSampleGrad LinearReLU LinearTanh LnStructured \
            LocalResponseNorm LogSigmoid LogSoftmax MSELoss MappingType MarginRankingLoss \
            MaxPool1d MaxPool2d MaxPool3d MaxUnpool1d MaxUnpool2d MaxUnpool3d MinMaxObserver \
            Mish Module ModuleDict ModuleList MovingAverageMinMaxObserver \
            MovingAveragePerChannelMinMaxObserver MultiLabelMarginLoss MultiLabelSoftMarginLoss \
            MultiMarginLoss MultiheadAttention NLLLoss NLLLoss2d NamedMemberAccessor \
            NonDynamicallyQuantizableLinear NoopObserver ObservationType ObserverBase PReLU \
            PackedParameter PackedSequence PackedSequence_ PairwiseDistance Parameter \
            ParameterDict ParameterList ParametrizationList PerAxis PerBlock \
            PerChannelMinMaxObserver PerGroup PerRow PerTensor PerToken PixelShuffle \
            PixelUnshuffle PlaceholderObserver PoissonNLLLoss PruningContainer QConfig \
            QConfigDynamic QConfigMapping QFunctional QuantStub QuantType QuantWrapper Quantize \
            RMSNorm RNN RNNBase RNNCell RNNCellBase RReLU RandomStructured RandomUnstructured \
            ReLU ReLU6 RecordingObserver ReferenceQuantizedModule ReflectionPad1d \
            ReflectionPad2d ReflectionPad3d ReplicationPad1d ReplicationPad2d ReplicationPad3d \
            ReuseInputObserver SELU Sequential SiLU Sigmoid SmoothL1Loss SoftMarginLoss Softmax \
            Softmax2d Softmin Softplus Softshrink Softsign SpectralNorm SpectralNormLoadStateDictPreHook \
            SpectralNormStateDictHook SyncBatchNorm Tanh \
            Tanhshrink Threshold TorchAODType Transformer TransformerDecoder \
            TransformerDecoderLayer TransformerEncoder TransformerEncoderLayer TripletMarginLoss \
            TripletMarginWithDistanceLoss Unflatten Unfold UniformQuantizationObserverBase \
            UninitializedBuffer UninitializedParameter UninitializedTensorMixin Upsample \
            UpsamplingBilinear2d UpsamplingNearest2d WeightNorm WeightedQuantizedModule \
            ZeroPad1d ZeroPad2d ZeroPad3d ZeroPointDomain _AdaptiveAvgPoolNd _AdaptiveMaxPoolNd \
            _AvgPoolNd _BatchNorm _BufferMeta _CircularPadNd _ConstantPadNd _ConvBnNd _ConvNd \
            _ConvTransposeMixin _ConvTransposeNd _DropoutNd _FusedModule _IncompatibleKeys \
            _InstanceNorm _LPPoolNd _LSTMLayer _LSTMSingleLayer _LazyConvXdMixin _LazyNormBase \
            _LearnableFakeQuantize _Loss _MaxPoolNd _MaxUnpoolNd _NormBase _OrthMaps _Orthogonal \
            _ParameterMeta _PartialWrapper _ReflectionPadNd _ReplicationPadNd _SpectralNorm \
            _WeightNorm _WeightedLoss",
    },
    Classes {
        packages: "torch.optim",
        names: "\
            ASGD Adadelta Adafactor Adagrad Adam AdamW Adamax AveragedModel ChainedScheduler \
            ConstantLR CosineAnnealingLR CosineAnnealingWarmRestarts CyclicLR ExponentialLR \
            LBFGS LRScheduler LambdaLR LinearLR MultiStepLR MultiplicativeLR Muon NAdam \
            OneCycleLR Optimizer PolynomialLR RAdam RMSprop ReduceLROnPlateau Rprop SGD SWALR \
            SequentialLR SparseAdam StepLR _LRScheduler _RequiredParameter _SchedulePhase \
            _enable_get_lr_call _initial_mode",
    },
    Classes {
        packages: "torch.distributions",
        names: "\
            AbsTransform AffineTransform Bernoulli Beta Binomial CatTransform Categorical Cauchy \
            Chi2 ComposeTransform Constraint ConstraintRegistry ContinuousBernoulli \
            CorrCholeskyTransform CumulativeDistributionTransform Dirichlet Distribution \
            ExpRelaxedCategorical ExpTransform Exponential ExponentialFamily FisherSnedecor \
            Gamma GeneralizedPareto Geometric Gumbel HalfCauchy HalfNormal Independent \
            IndependentTransform InverseGamma Kumaraswamy LKJCholesky Laplace LogNormal \
            LogisticNormal LogitRelaxedBernoulli LowRankMultivariateNormal \
            LowerCholeskyTransform MixtureSameFamily MixtureSameFamilyConstraint Multinomial \
            MultivariateNormal NegativeBinomial Normal OneHotCategorical \
            OneHotCategoricalStraightThrough Pareto Poisson PositiveDefiniteTransform \
            PowerTransform RelaxedBernoulli RelaxedOneHotCategorical ReshapeTransform \
            SigmoidTransform SoftmaxTransform SoftplusTransform StackTransform \
            StickBreakingTransform StudentT TanhTransform Transform TransformedDistribution \
            Uniform VonMises Weibull Wishart _Boolean _Cat _CorrCholesky _Dependent \
            _DependentProperty _Dirichlet _GreaterThan _GreaterThanEq _HalfOpenInterval \
            _IndependentConstraint _IntegerGreaterThan _IntegerInterval _IntegerLessThan \
            _Interval _InverseTransform _LessThan _LowerCholesky _LowerTriangular _Match \
            _Multinomial _OneHot _PositiveDefinite _PositiveSemidefinite _Real _Simplex _Square \
            _Stack _Symmetric _lazy_property_and_property lazy_property",
    },
    Classes {
        packages: "torchvision",
        names: "\
            ASPP ASPPConv ASPPPooling AlexNet AlexNet_Weights AnchorGenerator AnyStage AugMix \
            AutoAugment AutoAugmentPolicy BackboneWithFPN BalancedPositiveNegativeSampler \
            BasicBlock BasicConv2d BasicStem BlockParams Bottleneck BottleneckBlock \
            BottleneckTransform BoxCoder BoxLinearCoder CNBlock CNBlockConfig CenterCrop \
            CenterCropVideo ClampBoundingBoxes ClampKeyPoints ColorJitter Compose Conv2Plus1D \
            Conv2dNormActivation Conv3DNoTemporal Conv3DSimple Conv3dNormActivation ConvGRU \
            ConvNeXt ConvNeXt_Base_Weights ConvNeXt_Large_Weights ConvNeXt_Small_Weights \
            ConvNeXt_Tiny_Weights ConvNormActivation ConvStemConfig ConvertBoundingBoxFormat \
            ConvertImageDtype CorrBlock CutMix DeepLabHead DeepLabV3 \
            DeepLabV3_MobileNet_V3_Large_Weights DeepLabV3_ResNet101_Weights \
            DeepLabV3_ResNet50_Weights DefaultBoxGenerator DeformConv2d DenseNet \
            DenseNet121_Weights DenseNet161_Weights DenseNet169_Weights DenseNet201_Weights \
            DropBlock2d DropBlock3d DualGraphModule EfficientNet EfficientNet_B0_Weights \
            EfficientNet_B1_Weights EfficientNet_B2_Weights EfficientNet_B3_Weights \
            EfficientNet_B4_Weights EfficientNet_B5_Weights EfficientNet_B6_Weights \
            EfficientNet_B7_Weights EfficientNet_V2_L_Weights EfficientNet_V2_M_Weights \
            EfficientNet_V2_S_Weights ElasticTransform Encoder EncoderBlock ExtraFPNBlock FCN \
            FCNHead FCN_ResNet101_Weights FCN_ResNet50_Weights FCOS FCOSClassificationHead \
            FCOSHead FCOSRegressionHead FCOS_ResNet50_FPN_Weights FastRCNNConvFCHead \
            FastRCNNPredictor FasterRCNN FasterRCNN_MobileNet_V3_Large_320_FPN_Weights \
            FasterRCNN_MobileNet_V3_Large_FPN_Weights FasterRCNN_ResNet50_FPN_V2_Weights \
            FasterRCNN_ResNet50_FPN_Weights FeatureEncoder FeaturePyramidNetwork Fire FiveCrop \
            FlowHead FrozenBatchNorm2d FusedMBConv FusedMBConvConfig GaussianBlur GaussianNoise \
            GeneralizedRCNN GeneralizedRCNNTransform GoogLeNet GoogLeNet_QuantizedWeights \
            GoogLeNet_Weights Grayscale Identity ImageClassification ImageList Inception \
            Inception3 InceptionA InceptionAux InceptionB InceptionC InceptionD InceptionE \
            Inception_V3_QuantizedWeights Inception_V3_Weights IntermediateLayerGetter \
            InterpolationMode InvertedResidual InvertedResidualConfig JPEG KeypointRCNN \
            KeypointRCNNHeads KeypointRCNNPredictor KeypointRCNN_ResNet50_FPN_Weights LRASPP \
            LRASPPHead LRASPP_MobileNet_V3_Large_Weights LastLevelP6P7 LayerNorm2d \
            LeafModuleAwareTracer LevelMapper LinearTransformation MBConv MBConvConfig \
            MC3_18_Weights MLP MLPBlock MNASNet MNASNet0_5_Weights MNASNet0_75_Weights \
            MNASNet1_0_Weights MNASNet1_3_Weights MSBlockConfig MViT MViT_V1_B_Weights \
            MViT_V2_S_Weights MaskPredictor MaskRCNN MaskRCNNHeads MaskRCNNPredictor \
            MaskRCNN_ResNet50_FPN_V2_Weights MaskRCNN_ResNet50_FPN_Weights Matcher MaxVit \
            MaxVitBlock MaxVitLayer MaxVit_T_Weights MixUp MobileNetV2 MobileNetV3 \
            MobileNet_V2_QuantizedWeights MobileNet_V2_Weights \
            MobileNet_V3_Large_QuantizedWeights MobileNet_V3_Large_Weights \
            MobileNet_V3_Small_Weights MotionEncoder MultiScaleRoIAlign MultiscaleAttention \
            MultiscaleBlock NodePathTracer Normalize NormalizeVideo ObjectDetection OpticalFlow \
            PILToTensor PSRoIAlign Pad PartitionAttentionLayer PatchEmbed3d PatchMerging \
            PatchMergingV2 Permute PositionalEncoding QuantizableBasicBlock \
            QuantizableBasicConv2d QuantizableBottleneck QuantizableGoogLeNet \
            QuantizableInception QuantizableInception3 QuantizableInceptionA \
            QuantizableInceptionAux QuantizableInceptionB QuantizableInceptionC \
            QuantizableInceptionD QuantizableInceptionE QuantizableInvertedResidual \
            QuantizableMobileNetV2 QuantizableMobileNetV3 QuantizableResNet \
            QuantizableShuffleNetV2 QuantizableSqueezeExcitation R2Plus1D_18_Weights \
            R2Plus1dStem R3D_18_Weights RAFT RGB RPNHead Raft_Large_Weights Raft_Small_Weights \
            RandAugment RandomAdjustSharpness RandomAffine RandomApply RandomAutocontrast \
            RandomChannelPermutation RandomChoice RandomCrop RandomCropVideo RandomEqualize \
            RandomErasing RandomGrayscale RandomHorizontalFlip RandomHorizontalFlipVideo \
            RandomInvert RandomIoUCrop RandomOrder RandomPerspective RandomPhotometricDistort \
            RandomPosterize RandomResize RandomResizedCrop RandomResizedCropVideo RandomRotation \
            RandomShortestSize RandomSolarize RandomTransforms RandomVerticalFlip RandomZoomOut \
            RecurrentBlock RegNet RegNet_X_16GF_Weights RegNet_X_1_6GF_Weights \
            RegNet_X_32GF_Weights RegNet_X_3_2GF_Weights RegNet_X_400MF_Weights \
            RegNet_X_800MF_Weights RegNet_X_8GF_Weights RegNet_Y_128GF_Weights \
            RegNet_Y_16GF_Weights RegNet_Y_1_6GF_Weights RegNet_Y_32GF_Weights \
            RegNet_Y_3_2GF_Weights RegNet_Y_400MF_Weights RegNet_Y_800MF_Weights \
            RegNet_Y_8GF_Weights RegionProposalNetwork RelativePositionalMultiHeadAttention \
            ResBottleneckBlock ResNeXt101_32X8D_QuantizedWeights ResNeXt101_32X8D_Weights \
            ResNeXt101_64X4D_QuantizedWeights ResNeXt101_64X4D_Weights ResNeXt50_32X4D_Weights \
            ResNet ResNet101_Weights ResNet152_Weights ResNet18_QuantizedWeights \
            ResNet18_Weights ResNet34_Weights ResNet50_QuantizedWeights ResNet50_Weights \
            ResidualBlock Resize RetinaNet RetinaNetClassificationHead RetinaNetHead \
            RetinaNetRegressionHead RetinaNet_ResNet50_FPN_V2_Weights \
            RetinaNet_ResNet50_FPN_Weights RoIAlign RoIHeads S3D S3D_Weights SSD \
            SSD300_VGG16_Weights SSDClassificationHead SSDFeatureExtractorVGG SSDHead \
            SSDLite320_MobileNet_V3_Large_Weights SSDLiteClassificationHead \
            SSDLiteFeatureExtractorMobileNet SSDLiteHead SSDLiteRegressionHead SSDMatcher \
            SSDRegressionHead SSDScoringHead SanitizeBoundingBoxes SanitizeKeyPoints ScaleJitter \
            SemanticSegmentation SepInceptionBlock3D SetClampingMode ShiftedWindowAttention \
            ShiftedWindowAttention3d ShiftedWindowAttentionV2 ShuffleNetV2 \
            ShuffleNet_V2_X0_5_QuantizedWeights ShuffleNet_V2_X0_5_Weights \
            ShuffleNet_V2_X1_0_QuantizedWeights ShuffleNet_V2_X1_0_Weights \
            ShuffleNet_V2_X1_5_QuantizedWeights ShuffleNet_V2_X1_5_Weights \
            ShuffleNet_V2_X2_0_QuantizedWeights ShuffleNet_V2_X2_0_Weights SimpleStemIN \
            SqueezeExcitation SqueezeNet SqueezeNet1_0_Weights SqueezeNet1_1_Weights \
            StochasticDepth SwapAxes Swin3D_B_Weights Swin3D_S_Weights Swin3D_T_Weights \
            SwinTransformer SwinTransformer3d SwinTransformerBlock SwinTransformerBlockV2 \
            Swin_B_Weights Swin_S_Weights Swin_T_Weights Swin_V2_B_Weights Swin_V2_S_Weights \
            Swin_V2_T_Weights TemporalSeparableConv TenCrop ToDtype ToImage ToPILImage \
            ToPureTensor ToTensor ToTensorVideo Transform TrivialAugmentWide TwoMLPHead \
            UniformTemporalSubsample UpdateBlock VGG VGG11_BN_Weights VGG11_Weights \
            VGG13_BN_Weights VGG13_Weights VGG16_BN_Weights VGG16_Weights VGG19_BN_Weights \
            VGG19_Weights ViT_B_16_Weights ViT_B_32_Weights ViT_H_14_Weights ViT_L_16_Weights \
            ViT_L_32_Weights VideoClassification VideoResNet VisionTransformer Weights \
            WeightsEnum Wide_ResNet101_2_Weights Wide_ResNet50_2_Weights WindowDepartition \
            WindowPartition _AutoAugmentBase _BaseMixUpCutMix _DenseBlock _DenseLayer \
            _InvertedResidual _MBConvConfig _RandomApplyTransform _SimpleSegmentationModel \
            _Transition",
    },
    Classes {
        packages: "timm",
        names: "\
            ActConvBn AdaBelief Adafactor AdafactorBigVision Adahessian AdamP AdamWLegacy Adan \
            AdaptiveAvgMaxPool2d AdaptiveCatAvgMaxPool2d Adopt Affine AsymmetricLossMultiLabel \
            AsymmetricLossSingleLabel Attention Attention2d Attention2dDownsample AttentionBlock \
            AttentionCl AttentionDownsample AttentionPool2d AttentionPoolLatent AttentionPoolPrr \
            AttentionRope AvgPool2dSame BasicBlock BatNonLocalAttn BatchNormAct2d Beit \
            BilinearAttnTransform BinaryCrossEntropy Block Block17 Block35 Block8 BlockESE \
            BlurPool2d BnAct BnActConv2d Bottle2neck Bottleneck BottleneckAttn BottleneckBlock \
            BranchSeparables ByoBlockCfg ByoModelCfg ByobNet CPUBone CPUBoneBlock CSATv2 Cait \
            CascadedGroupAttention CbamModule CecaModule Cell CellBase CellStem0 CellStem1 \
            CenterCropOrPad ChannelAttention ChannelAttentionV2 ChannelAttn ChannelBlock \
            ClNormMlpClassifierHead ClassAttention ClassAttentionBlock ClassAttn ClassBlock \
            ClassifierHead ClsHead CoaT ConVit CondConv2d CondConvResidual Conv2dNorm Conv2dSame \
            ConvAttention ConvBN ConvBNAct ConvBlock ConvBnAct ConvEmbedding ConvEncoder \
            ConvLayer ConvLayer1d ConvLayer2d ConvMixer ConvMlp ConvMlpWithNorm ConvNeXt \
            ConvNeXtBlock ConvNeXtStage ConvNorm ConvNormAct ConvPatchEmbed ConvPosEnc \
            ConvRelPosEnc ConvStem CoordAttn CosineLRScheduler CrossAttention \
            CrossAttentionBlock CrossCovarianceAttn CrossStage CrossStage3 CrossVit CspModelCfg \
            CspNet CspNext CspNextBlock CspNextLayer CspStagesCfg CspStemCfg DLA DPN DSConv \
            DaVit DaVitStage DarkBlock DarkStage Dct1d Dct2d Dct2dStats DeepseekVitAligner \
            DeepseekVitBlock DeepseekVitClassifier DeepseekVitEncoder DefaultCfg DenseBlock \
            DenseLayer DenseNet DenseStage DenseTransition DepthToSpace DepthwiseSeparableConv \
            DiffAttention DiffParallelScalingBlock DistributionBalancedLoss DlaBasic \
            DlaBottle2neck DlaBottleneck DlaRoot DlaTree Downsample Downsample2d DownsampleAvg \
            DownsampleConv DownsampleNormFirst Downsampling DropBlock2d DropPath DualPathBlock \
            EcaModule EdgeBlock EdgeNeXt EdgeNeXtStage EdgeResidual EffectiveSEModule \
            EfficientAdditiveAttention EfficientAttention EfficientFormer EfficientFormerStage \
            EfficientFormerV2 EfficientFormerV2Block EfficientFormerV2Stage EfficientLocalAttn \
            EfficientNet EfficientNetFeatures EfficientViM EfficientViMBlock \
            EfficientViMDistilled EfficientViMStage EfficientVit EfficientVitBlock \
            EfficientVitLarge EfficientVitLargeStage EfficientVitMsra EfficientVitStage \
            Embedding EseModule Eva EvaAttention EvaBlock EvaBlockPostNorm EvoNorm2dB0 \
            EvoNorm2dB1 EvoNorm2dB2 EvoNorm2dS0 EvoNorm2dS0a EvoNorm2dS1 EvoNorm2dS1a \
            EvoNorm2dS2 EvoNorm2dS2a FFN FactorAttnConvRelPosEnc FactorizedReduction \
            FastCollateMixup FastVit FastVitStage FasterNet FeatureBlock FeatureDictNet \
            FeatureGetterNet FeatureGraphNet FeatureInfo FeatureListNet FilterResponseNormAct2d \
            FilterResponseNormTlu2d FirstCell Flat FocalModulation FocalNet FocalNetBlock \
            FocalNetStage Format FourierEmbed FrozenBatchNormAct2d FusedMBConv GELU GELUTanh \
            GPSA GammaAct GatedConvBlock GatedMlp GatherExcite GeGluMlp Gemma4Attention \
            Gemma4Block Gemma4ClippableLinear Gemma4GatedMlp Gemma4PatchEmbed \
            Gemma4RotaryEmbedding2D Gemma4VisionPooler Gemma4VitClassifier Gemma4VitEncoder \
            GhostBottleneck GhostBottleneckV3 GhostModule GhostModuleV2 GhostModuleV3 GhostNet \
            GlobalContext GlobalContextVit GlobalContextVitBlock GlobalContextVitStage \
            GlobalResponseNorm GlobalResponseNormMlp GlobalSubSampleAttn GluMlp GraphExtractNet \
            GroupNorm GroupNorm1 GroupNorm1Act GroupNorm1NoBias GroupNormAct HSMSSD HaloAttn \
            HardMish HardMishAutoFn HardMishMe HardSigmoid HardSigmoidAutoFn HardSigmoidMe \
            HardSwish HardSwishAutoFn HardSwishMe Hiera HieraBlock HieraDet HieraPatchEmbed \
            HighPerfGpuBlock HighPerfGpuNet HighPerfGpuStage HighResolutionModule \
            HighResolutionNet HighResolutionNetFeatures HybridEmbed HybridEmbedWithSize IFormer \
            InceptionA InceptionAux InceptionB InceptionC InceptionD InceptionDWConv2d \
            InceptionE InceptionResnetV2 InceptionV3 InceptionV4 InplaceAbn InvertedResidual \
            JsdCrossEntropy Kron LCNetV2 LPI LSTM2d LaProp LabelSmoothingCrossEntropy Lamb Lars \
            LayerFn LayerNorm LayerNorm2d LayerNorm2dFp32 LayerNorm2dNoBias LayerNormAct \
            LayerNormAct2d LayerNormAct2dFp32 LayerNormActFp32 LayerNormExp2d LayerNormFp32 \
            LayerNormNoBias LayerScale LayerScale2d LayerScaleBlock LayerScaleBlockClassAttn \
            LearnableAffineBlock LearnableDct2d Levit LevitBlock LevitDistilled LevitDownsample \
            LevitMlp LevitStage LightCbamModule LightChannelAttn LightConvBNAct LightSpatialAttn \
            Linear LinearBottleneck LinearLayer LinearNorm LinearSelfAttention \
            LinearTransformerBlock Lion LiteMLA LocalGlobalQuery LocalRepresentation \
            LocalWindowAttention LocallyGroupedAttn Lookahead LowFormer LowFormerBlock LsePlus1d \
            LsePlus2d MADGRAD MBConv MHSA MLDecoder MLPBlock MambaOut MambaOutStage Mars \
            MaskUnitAttention MaxPool2dSame MaxxVit MaxxVitBlock MaxxVitCfg MaxxVitConvCfg \
            MaxxVitStage MaxxVitTransformerCfg MaybePILToTensor MaybeToTensor MbConvBlock \
            MbConvLNBlock MbConvStages MedianPool2d MetaBlock1d MetaBlock2d MetaFormer \
            MetaFormerBlock MetaFormerStage MetaNeXt MetaNeXtBlock MetaNeXtStage Mish MishAutoFn \
            MishMe Mixed3a Mixed4a Mixed5a MixedConv2d Mixed_5b Mixed_6a Mixed_7a MixerBlock \
            Mixup Mlp MlpClassifierHead MlpHead MlpMixer MlpWithDepthwiseConv MobileAttention \
            MobileNetV3 MobileNetV3Features MobileNetV5 MobileNetV5Encoder \
            MobileNetV5MultiScaleFusionAdapter MobileOneBlock MobileVitBlock MobileVitV2Block \
            MultiQueryAttention2d MultiQueryAttentionV2 MultiScaleAttention \
            MultiScaleAttentionPoolFirst MultiScaleBlock MultiScaleVit MultiScaleVitCfg \
            MultiScaleVitStage MultiStepLRScheduler MultiTensorApply Muon NASNetALarge \
            NAdamLegacy NAdamW NaFlexEmbeds NaFlexRopeIterator NaFlexVit NaFlexVitCfg Nest \
            NestLevel NextConvBlock NextStage NextTransformerBlock NextViT NfCfg NonLocalAttn \
            NormFreeBlock NormFreeNet NormLinear NormMlp NormMlpClassifierHead NormalCell \
            NvNovoGrad OptimInfo OptimizerCallable OptimizerRegistry OsaBlock OsaStage \
            OutlookAttention Outlooker OverlapPatchEmbed PNASNet5Large PReLU ParallelBlock \
            ParallelMaxxVitBlock ParallelPartitionAttention ParallelScalingBlock \
            ParallelThingsBlock Partial_conv3 PartitionAttention2d PartitionAttentionCl \
            PatchDropout PatchDropoutWithIndices PatchEmbed PatchEmbedInterpolator \
            PatchEmbedResamplerFixedOrigSize PatchEmbedWithSize PatchEmbedding PatchMerging \
            PixelEmbed PlateauLRScheduler PolyBinaryCrossEntropy PolyCrossEntropy \
            PolyLRScheduler Pooling PoolingVisionTransformer PosConv PosEmbedRel \
            PositionalEncodingFourier PreActBasic PreActBottleneck PreBottleneck \
            PreSeparableConv2d PreXceptionModule PretrainedCfg PyramidVisionTransformerStage \
            PyramidVisionTransformerV2 QuickGELU Qwen3VitClassifier Qwen3VitEncoder \
            Qwen3VitPatchMerger RAdamLegacy RDNet RMSpropTF RNN2dBase RNNIdentity RadixSoftmax \
            RandomCropOrPad RandomErasing RandomPad RandomResizedCropAndInterpolation ReductionA \
            ReductionB ReductionCell0 ReductionCell1 RegNet RegNetCfg RegStage \
            RegularGridInterpolator RelPosAttention RelPosBias RelPosBiasTf RelPosBlock \
            RelPosMlp RelativePositionBias RepCPE RepConditionalPosEnc RepDepthwiseSeparable \
            RepGhostBottleneck RepGhostModule RepGhostNet RepMixer RepMixerBlock RepVggBlock \
            RepVggDw RepViTBlock RepVit RepVitClassifier RepVitDownsample RepVitMlp RepVitStage \
            RepVitStem ReparamLargeKernelConv Reroll ResBlock ResNestBottleneck ResNet \
            ResNetStage ResNetV2 ResPostBlock ResPostRelPosBlock Residual ResidualBlock \
            ResidualDrop ResizeKeepRatio RexNet RmsNorm RmsNorm2d RmsNorm2dFp32 RmsNormAct \
            RmsNormAct2d RmsNormAct2dFp32 RmsNormActFp32 RmsNormFp32 RotAttentionPool2d \
            RotaryEmbedding RotaryEmbeddingCat RotaryEmbeddingDinoV3 RotaryEmbeddingMRope \
            RotaryEmbeddingMixed SEBottleneck SEModule SENet SEResNeXtBottleneck SEResNetBlock \
            SEResNetBottleneck SGDP SGDW SHMA SHMABlock SHSA SHViT SPPBottleneck Scale \
            ScaledStdConv2d ScaledStdConv2dSame Scheduler SelecSls SelecSlsBlock \
            SelectAdaptivePool2d SelectSeq SelectiveKernel SelectiveKernelAttn \
            SelectiveKernelBasic SelectiveKernelBottleneck SelfAttnBlock SepConv SeparableConv2d \
            SeparableConvNormAct Sequencer2d Sequencer2dBlock Sequencer2dStage \
            SequentialAppendList SequentialList SequentialTuple SerialBlock Shuffle Sigmoid \
            SimPool1d SimPool2d SimpleCoordAttn SimpleNorm SimpleNorm2d SimpleNorm2dFp32 \
            SimpleNormFp32 SoftTargetCrossEntropy SpaceToDepth SpatialAttention SpatialAttn \
            SpatialBlock SpatialGatingBlock SpatialGatingUnit SpatialMlp SpatialTransformerBlock \
            SplitAttn SplitBatchNorm2d SplitTransposeBlock SquaredReLU SqueezeExcite \
            SqueezeExciteCl Stage StageBlock StarNet StarReLU StdConv2d StdConv2dSame Stem \
            Stem16 Stem4 Stem8 StemV1 StemV2 StepLRScheduler StridedConv StripAttn SwiGLU \
            SwiftFormer SwinTransformer SwinTransformerBlock SwinTransformerStage \
            SwinTransformerV2 SwinTransformerV2Block SwinTransformerV2Cr \
            SwinTransformerV2CrBlock SwinTransformerV2CrStage SwinTransformerV2Stage Swish \
            SwishAutoFn SwishMe SyncBatchNormAct TNT TResNet TalkingHeadAttn Tanh \
            TanhLRScheduler TinyVit TinyVitBlock TinyVitStage ToNumpy ToTensor Transformer \
            TransformerBlock TransformerBlock2d TransformerDecoderLayerOptimal TransformerLayer \
            TrimBorder Twins TwoWayLoss UniversalInvertedResidual Unroll VGG VOLO Visformer \
            VisionTransformer VisionTransformerDistilled VisionTransformerRelPos \
            VisionTransformerSAM VitCfg VitConvCfg VovNet WSDLRScheduler WindowAttention \
            WindowAttentionGlobal WindowMultiHeadAttention XCA XCABlock Xception XceptionAligned \
            XceptionModule Xcit ZlprLoss _RotaryEmbeddingBase set_exportable set_layer_config \
            set_no_jit set_scriptable",
    },
    Classes {
        packages: "segmentation_models_pytorch",
        names: "\
            ASPP Activation Attention CenterBlock ClassificationHead Conv2dReLU DecoderBlock \
            DeepLabV3 DeepLabV3Decoder DeepLabV3Plus DeepLabV3PlusDecoder DenseNetEncoder \
            EfficientNetEncoder FPN FPNDecoder Linknet MAnet PAN PSPNet ResNetEncoder SCSEModule \
            SegmentationHead Unet UnetDecoder UnetPlusPlus UnetPlusPlusDecoder VGGEncoder",
    },
    Classes {
        packages: "efficientnet_pytorch",
        names: "\
            BlockArgs Conv2dDynamicSamePadding Conv2dStaticSamePadding EfficientNet GlobalParams \
            Identity MBConvBlock MemoryEfficientSwish Swish SwishImplementation",
    },
    Classes {
        packages: "ultralytics",
        names: "\
            A2C2f AAttn ABlock AConv ADown AGLU AIFI Attention BCEDiceLoss BNContrastiveHead \
            BaseModel BboxLoss Bottleneck BottleneckCSP C1 C2 C2PSA C2f C2fAttn C2fCIB C2fPSA C3 \
            C3Ghost C3TR C3f C3k C3k2 C3x CBAM CBFuse CBLinear CIB ChannelAttention \
            ClassificationModel Classify Concat ContrastiveHead Conv Conv2 ConvTranspose DFL \
            DFLoss DWConv DWConvTranspose2d DeformableTransformerDecoder \
            DeformableTransformerDecoderLayer Depth DepthLoss26 DepthModel Detect DetectionModel \
            E2EDetectLoss E2ELoss ELAN1 EarlyStopping Ensemble FocalLoss Focus GhostBottleneck \
            GhostConv HGBlock HGStem ImagePoolingAttn Index IterableSimpleNamespace JSONDict \
            KeypointLoss LRPCHead LayerNorm2d LightConv MLP MLPBlock MSDeformAttn \
            MaxSigmoidAttnBlock ModelEMA MultiChannelDiceLoss OBB OBB26 OBBModel PSA PSABlock \
            Pose Pose26 PoseLoss26 PoseModel PoseTaskAlignedAssigner Proto Proto26 RLELoss \
            RTDETRDecoder RTDETRDetectionModel RealNVP RepBottleneck RepC3 RepCSP RepConv \
            RepNCSPELAN4 RepVGGDW ResNetBlock ResNetLayer Residual Retry RotatedBboxLoss \
            RotatedTaskAlignedAssigner SAVPE SCDown SPP SPPELAN SPPF SegTaskAlignedAssigner \
            Segment Segment26 SegmentLoss26 SegmentationModel SemanticSegment \
            SemanticSegmentationLoss SemanticSegmentationModel SettingsManager SimpleClass \
            SpatialAttention SwiGLUFFN TVPDetectLoss TVPSegmentLoss TaskAlignedAssigner \
            TorchVision TransformerBlock TransformerEncoderLayer TransformerLayer TryExcept \
            VarifocalLoss WorldDetect WorldModel YAML YOLOEDetect YOLOEModel YOLOESegModel \
            YOLOESegment YOLOESegment26 _SafeLoad v10Detect v8ClassificationLoss v8DetectionLoss \
            v8OBBLoss v8PoseLoss v8SegmentationLoss",
    },
    Classes {
        packages: "torchmetrics",
        names: "\
            ARNIQA AUROC Accuracy AdjustedMutualInfoScore AdjustedRandScore Alexnet \
            AverageMethod AveragePrecision BERTScore BLEUScore BaseAggregator BaseMetricResults \
            BinaryAUROC BinaryAccuracy BinaryAveragePrecision BinaryCalibrationError \
            BinaryCohenKappa BinaryConfusionMatrix BinaryEER BinaryF1Score BinaryFBetaScore \
            BinaryFairness BinaryGroupStatRates BinaryHammingDistance BinaryHingeLoss \
            BinaryJaccardIndex BinaryLogAUC BinaryMatthewsCorrCoef BinaryNegativePredictiveValue \
            BinaryPrecision BinaryPrecisionAtFixedRecall BinaryPrecisionRecallCurve BinaryROC \
            BinaryRecall BinaryRecallAtFixedPrecision BinarySensitivityAtSpecificity \
            BinarySpecificity BinarySpecificityAtSensitivity BinaryStatScores \
            BinaryTargetTransformer BootStrapper CHRFScore CLIPImageQualityAssessment CLIPScore \
            COCOMetricResults CalibrationError CalinskiHarabaszScore CatMetric CharErrorRate \
            ClassificationTask ClassificationTaskNoBinary ClassificationTaskNoMultilabel \
            ClasswiseWrapper ClusterAccuracy CocoBackend CohenKappa \
            CompleteIntersectionOverUnion CompletenessScore \
            ComplexScaleInvariantSignalNoiseRatio CompositionalMetric ConcordanceCorrCoef \
            ConfusionMatrix ContinuousRankedProbabilityScore CosineSimilarity CramersV \
            CriticalSuccessIndex DISTSNetwork DataType DaviesBouldinScore \
            DeepImageStructureAndTextureSimilarity DeepNoiseSuppressionMeanOpinionScore \
            DiceScore DistanceIntersectionOverUnion DunnIndex EER EditDistance EnumStr \
            ErrorRelativeGlobalDimensionlessSynthesis ExactMatch ExplainedVariance \
            ExtendedEditDistance F1Score FBetaScore FeatureShare FleissKappa FowlkesMallowsIndex \
            FrechetInceptionDistance GeneralizedDiceScore GeneralizedIntersectionOverUnion \
            GeneratorType HammingDistance HausdorffDistance HingeLoss HomogeneityScore \
            InceptionScore InfoLM IntersectionOverUnion JaccardIndex JensenShannonDivergence \
            JinaProcessorWrapper KLDivergence KendallRankCorrCoef KernelInceptionDistance \
            L2pooling LearnedPerceptualImagePatchSimilarity LipVertexError LogAUC LogCoshError \
            MAPMetricResults MARMetricResults MDMCAverageMethod MatchErrorRate MatthewsCorrCoef \
            MaxMetric MeanAbsoluteError MeanAbsolutePercentageError MeanAveragePrecision MeanIoU \
            MeanMetric MeanSquaredError MeanSquaredLogError \
            MemorizationInformedFrechetInceptionDistance Metric MetricCollection \
            MetricInputTransformer MinMaxMetric MinMetric MinkowskiDistance \
            ModifiedPanopticQuality MultiScaleStructuralSimilarityIndexMeasure MulticlassAUROC \
            MulticlassAccuracy MulticlassAveragePrecision MulticlassCalibrationError \
            MulticlassCohenKappa MulticlassConfusionMatrix MulticlassEER MulticlassExactMatch \
            MulticlassF1Score MulticlassFBetaScore MulticlassHammingDistance MulticlassHingeLoss \
            MulticlassJaccardIndex MulticlassLogAUC MulticlassMatthewsCorrCoef \
            MulticlassNegativePredictiveValue MulticlassPrecision \
            MulticlassPrecisionAtFixedRecall MulticlassPrecisionRecallCurve MulticlassROC \
            MulticlassRecall MulticlassRecallAtFixedPrecision MulticlassSensitivityAtSpecificity \
            MulticlassSpecificity MulticlassSpecificityAtSensitivity MulticlassStatScores \
            MultilabelAUROC MultilabelAccuracy MultilabelAveragePrecision \
            MultilabelConfusionMatrix MultilabelCoverageError MultilabelEER MultilabelExactMatch \
            MultilabelF1Score MultilabelFBetaScore MultilabelHammingDistance \
            MultilabelJaccardIndex MultilabelLogAUC MultilabelMatthewsCorrCoef \
            MultilabelNegativePredictiveValue MultilabelPrecision \
            MultilabelPrecisionAtFixedRecall MultilabelPrecisionRecallCurve MultilabelROC \
            MultilabelRankingAveragePrecision MultilabelRankingLoss MultilabelRecall \
            MultilabelRecallAtFixedPrecision MultilabelSensitivityAtSpecificity \
            MultilabelSpecificity MultilabelSpecificityAtSensitivity MultilabelStatScores \
            MultioutputWrapper MultitaskWrapper MutualInfoScore NegativePredictiveValue \
            NetLinLayer NoTrainInceptionV3 NonIntrusiveSpeechQualityAssessment \
            NormalizedMutualInfoScore NormalizedRootMeanSquaredError PanopticQuality \
            PeakSignalNoiseRatio PeakSignalNoiseRatioWithBlockedEffect PearsonCorrCoef \
            PearsonsContingencyCoefficient PerceptualEvaluationSpeechQuality \
            PerceptualPathLength PermutationInvariantTraining Perplexity Precision \
            PrecisionAtFixedRecall PrecisionRecallCurve ProcrustesDisparity \
            QualityWithNoReference R2Score ROC ROUGEScore RandScore Recall \
            RecallAtFixedPrecision RelativeAverageSpectralError RelativeSquaredError \
            RetrievalAUROC RetrievalFallOut RetrievalHitRate RetrievalMAP RetrievalMRR \
            RetrievalMetric RetrievalNormalizedDCG RetrievalPrecision \
            RetrievalPrecisionRecallCurve RetrievalRPrecision RetrievalRecall \
            RetrievalRecallAtFixedPrecision RootMeanSquaredErrorUsingSlidingWindow Running \
            RunningMean RunningSum SQuAD SacreBLEUScore ScaleInvariantSignalDistortionRatio \
            ScaleInvariantSignalNoiseRatio ScalingLayer SensitivityAtSpecificity \
            ShortTimeObjectiveIntelligibility SignalDistortionRatio SignalNoiseRatio \
            SourceAggregatedSignalDistortionRatio SpatialCorrelationCoefficient \
            SpatialDistortionIndex SpearmanCorrCoef Specificity SpecificityAtSensitivity \
            SpectralAngleMapper SpectralDistortionIndex SpeechReverberationModulationEnergyRatio \
            SqueezeNet StatScores StructuralSimilarityIndexMeasure SumMetric \
            SymmetricMeanAbsolutePercentageError TheilsU TorchMetricsUserError TotalVariation \
            TranslationEditRate TschuprowsT TweedieDevianceScore UniversalImageQualityIndex \
            VMeasureScore Vgg16 VideoMultiMethodAssessmentFusion VisualInformationFidelity \
            WeightedMeanAbsolutePercentageError WordErrorRate WordInfoLost WordInfoPreserved \
            WrapperMetric _ARNIQA _AbstractGroupStatScores _AbstractStatScores _AdaptCNN \
            _BLEUScore _CHRFScore _CharErrorRate _ClassificationTaskWrapper _EditOperations \
            _ErrorRelativeGlobalDimensionlessSynthesis _ExtendedEditDistance _Framewise _IMEnum \
            _InformationMeasure _LPIPS _LevenshteinEditDistance _MatchErrorRate _MetricVariant \
            _ModifiedPanopticQuality _MultiScaleStructuralSimilarityIndexMeasure _NISQADIM \
            _NoTrainArniqa _NoTrainLpips _PanopticQuality _PeakSignalNoiseRatio \
            _PermutationInvariantTraining _Perplexity _PoolAttFF _Pooling \
            _RelativeAverageSpectralError _RetrievalFallOut _RetrievalHitRate _RetrievalMAP \
            _RetrievalMRR _RetrievalNormalizedDCG _RetrievalPrecision \
            _RetrievalPrecisionRecallCurve _RetrievalRPrecision _RetrievalRecall \
            _RetrievalRecallAtFixedPrecision _RootMeanSquaredErrorUsingSlidingWindow _SQuAD \
            _SacreBLEUScore _SacreBLEUTokenizer _ScaleInvariantSignalDistortionRatio \
            _ScaleInvariantSignalNoiseRatio _SelfAttention _SelfAttentionLayer \
            _SignalDistortionRatio _SignalNoiseRatio _SpectralAngleMapper \
            _SpectralDistortionIndex _StructuralSimilarityIndexMeasure _TercomTokenizer \
            _TimeDependency _TotalVariation _TranslationEditRate _UniversalImageQualityIndex \
            _WordErrorRate _WordInfoLost _WordInfoPreserved",
    },
    Classes {
        packages: "pytorch_lightning",
        names: "\
            AttributeDict CheckpointHooks LightningDataModule LightningModule RunningMean \
            RunningStage TrainerFn TrainerState TrainerStatus",
    },
    Classes {
        packages: "lightning",
        names: "\
            AttributeDict LightningModule RunningStage TrainerFn TrainerState TrainerStatus",
    },
    Classes {
        packages: "lightning_fabric",
        names: "\
            AttributeDict",
    },
    Classes {
        packages: "omegaconf",
        names: "\
            AnyNode BaseContainer BooleanNode Box BytesNode Container ContainerMetadata \
            DictConfig EnumNode FloatNode IntegerNode InterpolationResultNode ListConfig \
            Metadata Node PathNode SCMode StringNode UnionNode ValueNode",
    },
    Classes {
        packages: "peft",
        names: "\
            AdaLoraConfig AdaLoraLayer AdaLoraModel AdamssConfig AdamssLayer AdamssModel \
            AdaptionPromptConfig AdaptionPromptModel AqlmLoraLinear ArrowConfig \
            ArrowLoraLinearLayer AutoPeftModel AwqLoraLinear BOFTConfig BOFTLayer BOFTModel \
            BaseTunerLayer BdLoraConfig BeftConfig BeftLayer BeftModel BlockDiagonalLinear \
            C3AConfig C3ALayer C3ALinear C3AModel CPTConfig CartridgeConfig CordaConfig \
            DeftConfig DeftLayer DeftLinear DeftModel DeloraConfig DeloraLayer DeloraLinear \
            DeloraModel DetachedFluxShadowModel DetachedShadowModel DoraConv1dLayer \
            DoraConv2dLayer DoraConv3dLayer DoraEmbeddingLayer DoraLinearLayer EvaConfig \
            FourierFTConfig FourierFTLayer FourierFTLinear FourierFTModel FrodConfig FrodLayer \
            FrodModel GPTQLoraLinear GloraConfig GloraLayer GloraLinear GloraModel GraloraConfig \
            GraloraLayer GraloraModel HRAConfig HRALayer HRALinear HRAModel HiraConfig HiraLayer \
            HiraModel IA3Config IA3Layer IA3Model KasaConfig LNTuningConfig LNTuningLayer \
            LNTuningModel LilyConfig LilyLayer LilyModel Linear LoHaConfig LoHaLayer LoHaModel \
            LoKrConfig LoKrLayer LoKrModel LoftQConfig LoraConfig LoraGAConfig LoraLayer \
            LoraModel LoraParallelLinear LoraRuntimeConfig LycorisConfig LycorisLayer MissConfig \
            MissLayer MissLinear MissModel MixedModel MontecloraConfig \
            MultiplicativeDropoutLayer MultitaskPromptTuningConfig OFTConfig OFTLayer OFTModel \
            OSFConfig OSFLayer OSFModel OrthLayer PeanutConfig PeanutLayer PeanutModel \
            PeftConfig PeftMixedModel PeftModel PeftType PolyConfig PolyLayer PolyModel \
            PrefixTuningConfig PromptEncoderConfig PromptEncoderReparameterizationType \
            PromptLearningConfig PromptTuningConfig PsoftConfig PsoftLayer PsoftModel \
            PveraConfig PveraLayer PveraModel RandLoraConfig RandLoraLayer RandLoraModel \
            RoadConfig RoadLayer RoadModel SVDLinear SVDQuantLinear ShadowConfig ShadowLayer \
            ShadowModel ShiraConfig ShiraLayer ShiraModel SupertuningConfig SupertuningLayer \
            SupertuningModel TaskType TeLinear TinyLoraConfig TinyLoraLayer TinyLoraModel \
            TorchaoLoraLinear TrainableTokensConfig TrainableTokensLayer TrainableTokensModel \
            UniLoraConfig UniLoraLayer UniLoraModel VBLoRAConfig VBLoRALayer VBLoRAModel \
            VeloraConfig VeraConfig VeraLayer VeraModel WaveFTConfig WaveFTLayer WaveFTLinear \
            WaveFTModel XLoraConfig XLoraConv2dLayer XLoraEmbeddingLayer XLoraLayer \
            XLoraLinearLayer XLoraModel _BaseAutoPeftModel _DoraConvNdLayer _TokenShadowConfig",
    },
    Classes {
        packages: "fastai",
        names: "\
            AWD_LSTM AccumMetric AdaptiveConcatPool1d AdaptiveConcatPool2d ArrayBase ArrayImage \
            ArrayImageBW ArrayImageBase ArrayMask AttrGetter BCEWithLogitsLossFlat BaseLoss \
            BatchNorm1dFlat Cat Categorify Categorize Category CategoryMap Chunks ConvLayer \
            CrossEntropyLossFlat Dice DiceLoss DiceMulti DynamicUnet Embedding EmbeddingDropout \
            EncodedMultiCategorize FillMissing FocalLoss FocalLossFlat IntToFloatTensor \
            ItemGetter JaccardCoeff JaccardCoeffMulti LabelSmoothingCrossEntropy \
            LabelSmoothingCrossEntropyFlat LinBnDrop LinearDecoder Lookahead LossMetric \
            MergeLayer Module MultiCategorize MultiCategory NoneReduce Normalize OneHotEncode \
            OptimWrapper Optimizer ParameterModule Perplexity PixelShuffle_ICNR PoolFlatten \
            PoolType PooledSelfAttention2d PoolingLinearClassifier ProdLayer RNNDropout \
            ReadTabBatch RegexLabeller RegressionSetup ResBlock ResizeBatch ResizeToOrig \
            SelfAttention SentenceEncoder SequentialEx SequentialRNN ShowTitle SimpleCNN \
            SimpleSelfAttention TabWeightedDL Tabular TabularModel TabularPandas TabularProc \
            TensorBase TensorCategory TensorFlowField TensorImage TensorImageBW TensorImageBase \
            TensorMask TensorMultiCategory TimeDistributed TimmBody TitledFloat TitledInt \
            TitledStr TitledTensorScalar TitledTuple ToTensor UnetBlock View WeightDropout \
            XResNet _BaseOptimizer _TabIloc",
    },
    Classes {
        packages: "fastcore",
        names: "\
            AttrDict ItemTransform L Pipeline Transform",
    },
    Classes {
        packages: "torch_geometric",
        names: "\
            BaseStorage Batch Data DataEdgeAttr DataTensorAttr EdgeStorage GATConv GCNConv \
            GINConv GlobalStorage HeteroConv HeteroData Linear NodeStorage SAGEConv Sequential \
            ToHetero",
    },
    Classes {
        packages: "whisper",
        names: "\
            ModelDimensions Whisper",
    },
];
